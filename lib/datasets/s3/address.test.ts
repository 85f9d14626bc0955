import { describe, expect, it } from 'vitest';
import { readAddress } from './address';

const aws = (variables: Record<string, string>) => variables as unknown as NodeJS.ProcessEnv;

describe('PENSTOCK_STORE', () => {
  it.each([
    ['s3://data', {}, 'https://data.s3.us-east-1.amazonaws.com', '', 's3://data at data.s3.us-east-1.amazonaws.com'],
    ['s3://data/a/b/', { AWS_REGION: 'eu-central-1' }, 'https://data.s3.eu-central-1.amazonaws.com', 'a/b/', 's3://data/a/b at data.s3.eu-central-1.amazonaws.com'],
    ['s3://data.of.us', { AWS_DEFAULT_REGION: 'cn-north-1' }, 'https://s3.cn-north-1.amazonaws.com.cn/data.of.us', '', 's3://data.of.us at s3.cn-north-1.amazonaws.com.cn'],
    ['s3://data/x', { AWS_ENDPOINT_URL: 'http://minio:9000/' }, 'http://minio:9000/data', 'x/', 's3://data/x at minio:9000'],
    ['s3://data/x', { AWS_ENDPOINT_URL: 'http://minio:9000', AWS_ENDPOINT_URL_S3: 'https://s3.local/base' }, 'https://s3.local/base/data', 'x/', 's3://data/x at s3.local'],
  ])('%s with %j', (given, variables, url, prefix, shown) => {
    expect(readAddress(given, aws(variables as Record<string, string>))).toMatchObject({ url, prefix, shown });
  });

  it.each([
    ['/srv/store', {}, 'it names no bucket'],
    ['s3://', {}, 'it names no bucket'],
    ['s3://Data', {}, 'it names no bucket'],
    ['s3://data/a//b', {}, 'its prefix has other characters'],
    ['s3://data/ä', {}, 'its prefix has other characters'],
    [`s3://data/${'x'.repeat(101)}`, {}, 'longer than 100 characters'],
    ['s3://data', { AWS_ENDPOINT_URL: 'minio:9000' }, 'AWS_ENDPOINT_URL="minio:9000" is no address'],
  ])('%s with %j is refused', (given, variables, sentence) => {
    expect(() => readAddress(given, aws(variables as Record<string, string>))).toThrow(sentence);
  });
});
