import { z } from 'zod';
import { Failure } from '../client/failure';
import { type Print } from '../client/print';
import { type Rest } from '../client/rest';

const verifiedSchema = z.object({ rows: z.number(), breaches: z.array(z.looseObject({ id: z.string(), at: z.string(), kind: z.string() })) });

/** verifyAuditThere asks a running product to recompute its workspace's chain. @throws Failure when a row was edited or is gone */
export async function verifyAuditThere(rest: Rest, print: Print): Promise<void> {
  const verified = await rest.call('/audit/verify', verifiedSchema);
  const lines = [
    `${verified.rows} entries, ${verified.breaches.length === 0 ? 'the chain is whole' : `${verified.breaches.length} breaches`}`,
    ...verified.breaches.map((breach) => `${breach.kind}: entry ${breach.id} of ${breach.at}`),
  ];
  print.answer(verified, lines.join('\n'));
  if (verified.breaches.length > 0) throw new Failure('The audit was changed from outside.');
}
