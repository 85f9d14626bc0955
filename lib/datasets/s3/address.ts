import { invalid } from '@/lib/core/errors';

/** Where a store's objects lie. */
export type S3Address = {
  bucket: string;
  /** what all keys begin with: empty, or text that ends with a slash */
  prefix: string;
  /** URL of the bucket, without a slash at its end */
  url: string;
  region: string;
  /** for people: `s3://bucket/prefix at host` */
  shown: string;
};

/**
 * readAddress reads `s3://bucket/prefix` and the AWS_* variables that say where it is: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL (a
 * server of one's own, addressed by path), AWS_REGION or AWS_DEFAULT_REGION.
 * @throws AppError invalid that names the variable
 */
export function readAddress(given: string, variables: NodeJS.ProcessEnv): S3Address {
  const parts = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(given);
  const bad = (why: string) => invalid(`PENSTOCK_STORE="${given}" cannot be used: ${why}. Write it as s3://bucket/prefix, or leave it out to keep files in PENSTOCK_HOME.`);
  if (!parts) throw bad('it names no bucket');
  const bucket = parts[1] ?? '';
  const folder = (parts[2] ?? '').replace(/^\/+|\/+$/g, '');
  if (folder !== '' && !/^[\w!.*'()-]+(\/[\w!.*'()-]+)*$/.test(folder)) throw bad('its prefix has other characters than letters, digits, "/" and !-_.*\'()');
  if (folder.length > 100) throw bad('its prefix is longer than 100 characters');
  const region = variables.AWS_REGION || variables.AWS_DEFAULT_REGION || 'us-east-1';
  const url = bucketUrl(bucket, region, variables.AWS_ENDPOINT_URL_S3 || variables.AWS_ENDPOINT_URL);
  return { bucket, prefix: folder === '' ? '' : `${folder}/`, url, region, shown: `s3://${bucket}${folder === '' ? '' : `/${folder}`} at ${new URL(url).host}` };
}

function bucketUrl(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint) {
    if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) throw invalid(`AWS_ENDPOINT_URL="${endpoint}" is no address: write it as https://host:port.`);
    return `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  }
  const domain = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  // a certificate for *.s3… does not cover a bucket with dots
  return bucket.includes('.') ? `https://${domain}/${bucket}` : `https://${bucket}.${domain}`;
}
