import { createInterface } from 'node:readline/promises';
import { z } from 'zod';
import { Misuse } from '../client/failure';
import { type Print } from '../client/print';
import { Rest } from '../client/rest';
import { knownUrl, saveLogin } from '../client/settings';
import { listOf } from '../client/shapes';

/** login checks an address, token and workspace, and keeps them for the next commands. Asks for what is not given. */
export async function login(print: Print, options: { url?: string; token?: string; workspace?: string }): Promise<void> {
  const url = (options.url ?? knownUrl() ?? (await ask('Address'))).replace(/\/+$/, '');
  const token = options.token ?? process.env.PENSTOCK_TOKEN ?? (await ask('API token'));
  const workspace = options.workspace ?? process.env.PENSTOCK_WORKSPACE ?? (await ask('Workspace'));
  await new Rest({ url, token, workspace }).call('/pipelines', listOf(z.unknown()), { query: { limit: 1 } });
  const file = saveLogin({ url, token, workspace });
  print.answer({ url, workspace, file }, `Signed in to ${workspace} at ${url}; kept in ${file}.`);
}

async function ask(what: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Misuse(`${what} is missing, and there is nobody to ask. Give it as an option.`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = (await lines.question(`${what}: `)).trim();
  lines.close();
  if (!answer) throw new Misuse(`${what} is missing.`);
  return answer;
}
