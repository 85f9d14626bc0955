import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { storeFailure } from './failure';
import { textOf } from './xml';

export type Credentials = {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** milliseconds since 1970; credentials without it do not expire */
  expiresAt?: number;
};

const ASK_MS = 10_000;
const INSTANCE_MS = 1_000;

/**
 * findCredentials looks where AWS's own tools look, in their order: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and
 * AWS_SESSION_TOKEN); a web identity (AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE); the shared file (AWS_PROFILE,
 * AWS_SHARED_CREDENTIALS_FILE); the container's address (AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI); the instance's role
 * (unless AWS_EC2_METADATA_DISABLED).
 * @throws AppError that names what may be set
 */
export async function findCredentials(variables: NodeJS.ProcessEnv, region: string): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = variables;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  const found = (await ofWebIdentity(variables, region)) ?? (await ofSharedFile(variables)) ?? (await ofContainer(variables)) ?? (await ofInstance(variables));
  if (found) return found;
  throw storeFailure('store_refused', 'There are no credentials for the store that PENSTOCK_STORE names. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, for every process.');
}

async function ofWebIdentity(variables: NodeJS.ProcessEnv, region: string): Promise<Credentials | null> {
  const { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile } = variables;
  if (!role || !tokenFile) return null;
  const token = (await readFile(tokenFile, 'utf8')).trim();
  const asked = new URLSearchParams({ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleArn: role, RoleSessionName: variables.AWS_ROLE_SESSION_NAME || 'penstock', WebIdentityToken: token });
  const answer = await fetch(variables.AWS_ENDPOINT_URL_STS || `https://sts.${region}.amazonaws.com`, { method: 'POST', body: asked, signal: AbortSignal.timeout(ASK_MS) });
  const xml = await answer.text();
  if (!answer.ok) throw storeFailure('store_refused', `The role ${role} could not be assumed with the web identity of AWS_WEB_IDENTITY_TOKEN_FILE: ${textOf(xml, 'Code') || `status ${answer.status}`}.`);
  return {
    accessKeyId: textOf(xml, 'AccessKeyId'),
    secretAccessKey: textOf(xml, 'SecretAccessKey'),
    sessionToken: textOf(xml, 'SessionToken'),
    expiresAt: Date.parse(textOf(xml, 'Expiration')),
  };
}

async function ofSharedFile(variables: NodeJS.ProcessEnv): Promise<Credentials | null> {
  const file = variables.AWS_SHARED_CREDENTIALS_FILE || path.join(/* turbopackIgnore: true */ variables.HOME || os.homedir(), '.aws', 'credentials');
  const named = variables.AWS_PROFILE || variables.AWS_SHARED_CREDENTIALS_FILE;
  const text = await readFile(/* turbopackIgnore: true */ file, 'utf8').catch(() => null);
  const profile = variables.AWS_PROFILE || 'default';
  const settings = text === null ? {} : sectionOf(text, profile);
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: sessionToken } = settings;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  if (named) throw storeFailure('store_refused', `The profile "${profile}" has no aws_access_key_id and aws_secret_access_key in ${file}. Add them, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`);
  return null;
}

/** sectionOf reads one [section] of an INI file. */
function sectionOf(text: string, section: string): Record<string, string> {
  const settings: Record<string, string> = {};
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    const head = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line);
    if (head) inside = head[1] === section;
    const setting = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line);
    if (inside && setting) settings[setting[1] ?? ''] = setting[2] ?? '';
  }
  return settings;
}

async function ofContainer(variables: NodeJS.ProcessEnv): Promise<Credentials | null> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: full, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile } = variables;
  const address = full || (relative ? `http://169.254.170.2${relative}` : '');
  if (!address) return null;
  const token = tokenFile ? (await readFile(tokenFile, 'utf8')).trim() : variables.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  const answer = await fetch(address, { ...(token ? { headers: { authorization: token } } : {}), signal: AbortSignal.timeout(ASK_MS) });
  if (!answer.ok) throw storeFailure('store_refused', `The container's credentials could not be had: ${address} answered with status ${answer.status}.`);
  return ofJson((await answer.json()) as Given);
}

/** A machine that is no instance of AWS has nothing at that address, which is noticed within a second. */
async function ofInstance(variables: NodeJS.ProcessEnv): Promise<Credentials | null> {
  if (variables.AWS_EC2_METADATA_DISABLED === 'true') return null;
  const base = `${(variables.AWS_EC2_METADATA_SERVICE_ENDPOINT || 'http://169.254.169.254').replace(/\/$/, '')}/latest`;
  const ask = async (path: string, init: RequestInit) => {
    const answer = await fetch(`${base}${path}`, { ...init, signal: AbortSignal.timeout(INSTANCE_MS) }).catch(() => null);
    return answer?.ok ? answer : null;
  };
  const token = await (await ask('/api/token', { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300' } }))?.text();
  if (!token) return null;
  const headers = { 'x-aws-ec2-metadata-token': token };
  const role = (await (await ask('/meta-data/iam/security-credentials/', { headers }))?.text())?.trim().split('\n')[0];
  const answer = role ? await ask(`/meta-data/iam/security-credentials/${role}`, { headers }) : null;
  return answer ? ofJson((await answer.json()) as Given) : null;
}

type Given = { AccessKeyId: string; SecretAccessKey: string; Token?: string; Expiration?: string };

function ofJson(given: Given): Credentials {
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    ...(given.Token ? { sessionToken: given.Token } : {}),
    ...(given.Expiration ? { expiresAt: Date.parse(given.Expiration) } : {}),
  };
}
