import { bindShell } from '@/lib/core/expressions';
import { existsSync } from 'node:fs';
import type { Adapter } from '../adapter';
import { configOf } from '../config-of';
import { attemptEnvironment } from '../environment';
import { plainCommand } from '../plain-command';
import { expressionsIn, scopeOf } from '../scope';
import { layOut } from '../tables';
import { runUserCode } from '../user-code';

const SHELL = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';

/** `shell` runs a command (bash; sh where there is none) with its inputs as Parquet files; values from expressions reach it as environment variables. */
export const shellAdapter: Adapter = {
  runsUserCode: true,
  perform: async (context) => {
    const config = configOf(context, 'shell');
    const scope = await scopeOf(context, expressionsIn(config.command));
    const { command, env } = bindShell(config.command, scope);
    const began = performance.now();
    const inputs = await layOut(context, false);
    const inputsMs = Math.round(performance.now() - began);
    const paths = Object.fromEntries(inputs.map(({ name, parquet }) => [`PENSTOCK_INPUT_${name.toUpperCase()}`, parquet]));
    const result = await runUserCode(context, {
      command: plainCommand(command) ?? [SHELL, '-e', '-c', command],
      env: { ...attemptEnvironment(context), PWD: context.workDir, ...paths, ...env },
      explain: (tail) => notFound(tail),
    });
    return { ...result, resolved: { command, values: env }, timings: { inputsMs, ...result.timings } };
  },
};

function notFound(tail: string[]): { code: string; message: string; hint: string } | null {
  const match = tail.map((line) => /(?:^|: )([^\s:]+): (?:command )?not found$/.exec(line)).find(Boolean);
  if (!match) return null;
  return { code: 'command_not_found', message: `There is no command "${match[1] ?? ''}" on the machine that ran this.`, hint: 'Check its spelling, or let the operator install it on the workers.' };
}
