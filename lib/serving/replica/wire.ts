import { deserialize, serialize } from 'node:v8';

/** A frame on the socket between a routing process and a replica: length, id (both 32 bits), and a value. */
const HEAD = 8;

/** frame packs a value. @param id of the call it belongs to */
export function frame(id: number, value: unknown): Buffer {
  const body = serialize(value);
  const packed = Buffer.allocUnsafe(HEAD + body.length);
  packed.writeUInt32LE(body.length, 0);
  packed.writeUInt32LE(id, 4);
  body.copy(packed, HEAD);
  return packed;
}

/** frameReader gives a function that takes what arrives, in any pieces, and hands on whole frames. */
export function frameReader(onFrame: (id: number, value: unknown) => void): (chunk: Buffer) => void {
  let rest: Buffer[] = [];
  let held = 0;
  let needed = HEAD;
  return (chunk) => {
    rest.push(chunk);
    held += chunk.length;
    if (held < needed) return;
    let all = rest.length === 1 ? chunk : Buffer.concat(rest);
    while (all.length >= HEAD) {
      const length = all.readUInt32LE(0);
      if (all.length < HEAD + length) break;
      onFrame(all.readUInt32LE(4), deserialize(all.subarray(HEAD, HEAD + length)));
      all = all.subarray(HEAD + length);
    }
    rest = all.length > 0 ? [all] : [];
    held = all.length;
    needed = all.length >= HEAD ? HEAD + all.readUInt32LE(0) : HEAD;
  };
}
