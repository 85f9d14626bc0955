/** Bytes of one line that are handed on; the log cuts shorter still, after masking. */
const LONGEST = 80 * 1024;

/** A LineSplitter turns a byte stream into lines with bounded memory. */
export type LineSplitter = { push(chunk: Buffer): void; end(): void };

/**
 * splitLines calls `onLine` for every line of a byte stream (UTF-8; broken bytes become U+FFFD). Of a line that is longer
 * than 80 kB the first part is handed on and the rest is dropped; `cutBytes` tells how much that was. What a carriage return
 * overwrote (progress bars) is left out.
 */
export function splitLines(onLine: (text: string, cutBytes: number) => void): LineSplitter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let cutBytes = 0;

  const hold = (piece: Buffer) => {
    const room = LONGEST - heldBytes;
    if (piece.length > room) cutBytes += piece.length - Math.max(0, room);
    const kept = room > 0 ? piece.subarray(0, room) : null;
    if (!kept?.length) return;
    held.push(kept);
    heldBytes += kept.length;
  };

  const emit = () => {
    const text = (held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held)).toString();
    const cut = cutBytes;
    held = [];
    heldBytes = 0;
    cutBytes = 0;
    onLine(visible(text), cut);
  };

  return {
    push: (chunk) => {
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        hold(chunk.subarray(from, at));
        emit();
        from = at + 1;
      }
      if (from < chunk.length) hold(Buffer.from(chunk.subarray(from)));
    },
    end: () => {
      if (heldBytes > 0 || cutBytes > 0) emit();
    },
  };
}

/** visible is what a terminal would show of a line: the text after the last carriage return that has any. */
function visible(text: string): string {
  if (!text.includes('\r')) return text;
  const parts = text.split('\r').filter((part) => part !== '');
  return parts.at(-1) ?? '';
}
