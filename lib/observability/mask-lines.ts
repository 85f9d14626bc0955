import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Masker } from './mask';

/**
 * maskLines hides a masker's values in a text that streams through, line by line: a value that two chunks share is hidden as well.
 * @param onHidden told once, when something was hidden
 */
export function maskLines(masker: Masker, onHidden: () => void = () => undefined): Transform {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let told = false;
  const masked = (text: string): string => {
    const shown = masker.text(text);
    if (shown !== text && !told) {
      told = true;
      onHidden();
    }
    return shown;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = rest + decoder.write(chunk);
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      done(null, masked(text.slice(0, end)));
    },
    flush(done) {
      done(null, masked(rest + decoder.end()));
    },
  });
}
