import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { env } from '@/lib/core/env';
import { readAddress } from '../up/address';
import { Failure } from './failure';

const loginSchema = z.object({ url: z.string(), token: z.string(), workspace: z.string().optional() });
type Login = z.infer<typeof loginSchema>;

/** Where a client command speaks to, as whom, about which workspace. */
export type Settings = { url: string; token: string; workspace: string };

/** loginFile is where `penstock login` keeps its answer, readable by this user only. */
export const loginFile = (): string => path.join(process.env.XDG_CONFIG_HOME || path.join(os.homedir(), '.config'), 'penstock', 'login.json');

/** saveLogin keeps address, token and workspace for the next commands. */
export function saveLogin(login: Login): string {
  const file = loginFile();
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return file;
}

function readLogin(): Partial<Login> {
  try {
    return loginSchema.parse(JSON.parse(readFileSync(loginFile(), 'utf8')));
  } catch {
    return {};
  }
}

/** knownUrl is the address from the environment, the login, or a product that runs on this machine's PENSTOCK_HOME. */
export function knownUrl(): string | undefined {
  return process.env.PENSTOCK_URL || readLogin().url || readAddress(env().PENSTOCK_HOME)?.url;
}

/** knownToken is the API token from the environment or the login. */
export const knownToken = (): string | undefined => process.env.PENSTOCK_TOKEN || readLogin().token;

/**
 * clientSettings gathers the settings of a client command: options, then PENSTOCK_URL, PENSTOCK_TOKEN and
 * PENSTOCK_WORKSPACE, then the login.
 * @throws Failure naming what is missing and how to give it
 */
export function clientSettings(options: { workspace?: string }): Settings {
  const login = readLogin();
  const url = knownUrl();
  if (!url) throw new Failure('No address is known. Set PENSTOCK_URL, or run `penstock login`.');
  const token = knownToken();
  if (!token) throw new Failure('No token is known. Set PENSTOCK_TOKEN to an API token (Settings, Tokens), or run `penstock login`.');
  const workspace = options.workspace || process.env.PENSTOCK_WORKSPACE || login.workspace;
  if (!workspace) throw new Failure('No workspace is named. Give --workspace, set PENSTOCK_WORKSPACE, or run `penstock login`.');
  return { url: url.replace(/\/+$/, ''), token, workspace };
}
