import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findCredentials } from './credentials';

const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-aws-'));
const shared = path.join(folder, 'credentials');
const tokenFile = path.join(folder, 'token');
const asked: string[] = [];
let server: Server;
let address = '';

const find = (variables: Record<string, string>) => findCredentials(variables as unknown as NodeJS.ProcessEnv, 'eu-central-1');

beforeAll(async () => {
  writeFileSync(shared, '[default]\naws_access_key_id = D\naws_secret_access_key = d=/+\n\n[ team ]\naws_access_key_id=T\naws_secret_access_key=t\naws_session_token=s\n[half]\naws_access_key_id=H\n');
  writeFileSync(tokenFile, 'a web token\n');
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${Buffer.concat(parts).toString()}`);
      if (request.url === '/latest/api/token') response.end('held');
      else if (request.url === '/latest/meta-data/iam/security-credentials/') response.end('penstock-role\n');
      else if (request.url === '/container' || (request.url?.endsWith('/penstock-role') && request.headers['x-aws-ec2-metadata-token'] === 'held')) response.end(JSON.stringify({ AccessKeyId: 'C', SecretAccessKey: 'c', Token: 'ct', Expiration: '2030-01-01T00:00:00Z' }));
      else if (asked.at(-1)?.includes('denied')) response.writeHead(403).end('<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>');
      else response.end('<R><Credentials><AccessKeyId>W</AccessKeyId><SecretAccessKey>w</SecretAccessKey><SessionToken>wt&amp;</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></R>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

it('are taken from the variables first', async () => {
  expect(await find({ AWS_ACCESS_KEY_ID: 'K', AWS_SECRET_ACCESS_KEY: 'k', AWS_PROFILE: 'team', AWS_SHARED_CREDENTIALS_FILE: shared })).toEqual({ accessKeyId: 'K', secretAccessKey: 'k' });
  expect(await find({ AWS_ACCESS_KEY_ID: 'K', AWS_SECRET_ACCESS_KEY: 'k', AWS_SESSION_TOKEN: 's' })).toMatchObject({ sessionToken: 's' });
});

it('are taken from the shared file by profile', async () => {
  expect(await find({ AWS_SHARED_CREDENTIALS_FILE: shared })).toEqual({ accessKeyId: 'D', secretAccessKey: 'd=/+' });
  expect(await find({ AWS_SHARED_CREDENTIALS_FILE: shared, AWS_PROFILE: 'team' })).toEqual({ accessKeyId: 'T', secretAccessKey: 't', sessionToken: 's' });
  await expect(find({ AWS_SHARED_CREDENTIALS_FILE: shared, AWS_PROFILE: 'half' })).rejects.toThrow('The profile "half" has no aws_access_key_id and aws_secret_access_key');
});

it('are asked for with a web identity', async () => {
  const role = { AWS_ROLE_ARN: 'arn:role', AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ENDPOINT_URL_STS: address };
  expect(await find(role)).toEqual({ accessKeyId: 'W', secretAccessKey: 'w', sessionToken: 'wt&', expiresAt: Date.UTC(2030, 0) });
  expect(asked.at(-1)).toContain('RoleArn=arn%3Arole&RoleSessionName=penstock&WebIdentityToken=a+web+token');
  await expect(find({ ...role, AWS_ROLE_ARN: 'denied' })).rejects.toThrow('The role denied could not be assumed with the web identity of AWS_WEB_IDENTITY_TOKEN_FILE: AccessDenied.');
});

it('are asked for at the container’s address', async () => {
  expect(await find({ HOME: folder, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${address}/container`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let me in' })).toEqual({ accessKeyId: 'C', secretAccessKey: 'c', sessionToken: 'ct', expiresAt: Date.UTC(2030, 0) });
  expect(asked.at(-1)).toContain('GET /container let me in');
});

it('are those of the instance’s role at last, and none is said in a sentence', async () => {
  const nothing = { HOME: folder, AWS_PROFILE: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: address };
  expect(await find(nothing)).toMatchObject({ accessKeyId: 'C', expiresAt: Date.UTC(2030, 0) });
  await expect(find({ ...nothing, AWS_EC2_METADATA_DISABLED: 'true' })).rejects.toThrow('There are no credentials for the store that PENSTOCK_STORE names.');
});
