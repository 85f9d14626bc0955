/** What a test can order at a named point of the program: end this process as if killed, fail, or wait. */
type Fault = { action: 'kill' | 'throw' | 'wait'; ms: number; left: number };

let ordered: Map<string, Fault> | undefined;

/**
 * faultPoint marks a place where a crash would hurt. It does nothing unless the environment of a test names it:
 * `PENSTOCK_FAULTS="finish.before-commit=kill,claim.after=wait:500,claim.after=throw"`. Each order is carried out once.
 */
export async function faultPoint(name: string): Promise<void> {
  if (!process.env.PENSTOCK_FAULTS) return;
  ordered ??= parseFaults(process.env.PENSTOCK_FAULTS);
  const fault = ordered.get(name);
  if (!fault || fault.left === 0) return;
  fault.left -= 1;
  if (fault.action === 'kill') process.kill(process.pid, 'SIGKILL');
  if (fault.action === 'throw') throw new Error(`The test ordered a failure at ${name}.`);
  await new Promise((resolve) => setTimeout(resolve, fault.ms));
}

/** parseFaults reads `point=action[:ms]` pairs, separated by commas. @throws Error on an unknown action. */
export function parseFaults(text: string): Map<string, Fault> {
  return new Map(
    text.split(',').map((order): [string, Fault] => {
      const [, point, action, ms] = /^\s*([\w.-]+)=(kill|throw|wait)(?::(\d+))?\s*$/.exec(order) ?? [];
      if (!point || !action) throw new Error(`PENSTOCK_FAULTS: "${order}" is not point=kill, point=throw or point=wait:ms.`);
      return [point, { action: action as Fault['action'], ms: Number(ms ?? 0), left: 1 }];
    }),
  );
}
