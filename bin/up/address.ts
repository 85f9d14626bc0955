import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const addressSchema = z.object({
  url: z.string(),
  gatewayUrl: z.string().nullable(),
  pid: z.number(),
  version: z.string(),
  workerPort: z.number().nullable(),
});

/** What `address.json` tells other programs (contract §1). */
export type Address = z.infer<typeof addressSchema>;

const file = (home: string) => path.join(home, 'address.json');

/** writeAddress publishes the address; a reader never sees half a file. */
export function writeAddress(home: string, address: Address): void {
  const half = `${file(home)}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(address, null, 2)}\n`);
  renameSync(half, file(home));
}

/** readAddress gives the published address, or null when there is none that can be read. */
export function readAddress(home: string): Address | null {
  try {
    return addressSchema.parse(JSON.parse(readFileSync(file(home), 'utf8')));
  } catch {
    return null;
  }
}

/** removeAddress takes the address back when the product stops. */
export function removeAddress(home: string): void {
  rmSync(file(home), { force: true });
}
