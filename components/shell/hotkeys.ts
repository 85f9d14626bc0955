/** Keys are written as they are shown: "mod+k", "?", "g p", "shift+enter". */

export type KeyPress = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

/** chordOf names one key press: "mod+k". Shift is part of a printed character ("?"), so it is named with other keys only. */
export function chordOf(press: KeyPress): string {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key.toLowerCase().replace('arrow', '');
  const shift = press.shiftKey && (press.key.length > 1 || /[a-z0-9]/i.test(press.key));
  return [press.metaKey || press.ctrlKey ? 'mod' : '', press.altKey ? 'alt' : '', shift ? 'shift' : '', key]
    .filter((p) => p !== '')
    .join('+');
}

/** PREFIX_MS is how long the first key of a sequence like "g p" waits for the second, in milliseconds. */
export const PREFIX_MS = 1200;

/**
 * nextKeys decides what a press means among the known keys: `run` names the match, `held` is the prefix to remember.
 */
export function nextKeys(
  known: readonly string[],
  held: string | null,
  chord: string,
): { run: string | null; held: string | null } {
  const sequence = held === null ? null : `${held} ${chord}`;
  if (sequence !== null && known.includes(sequence)) return { run: sequence, held: null };
  if (known.includes(chord)) return { run: chord, held: null };
  return { run: null, held: known.some((k) => k.startsWith(`${chord} `)) ? chord : null };
}

/** isTyping tells whether a key belongs to a field, an editor or an open menu rather than to the page. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input, textarea, select, [role="textbox"], [role="menu"], [role="listbox"]') !== null
  );
}

/** keyLabel shows keys in this machine's words: "⌘K" or "Ctrl K", "G P". */
export function keyLabel(keys: string, mac: boolean): string {
  const word = (k: string) =>
    ({
      mod: mac ? '⌘' : 'Ctrl',
      shift: '⇧',
      alt: mac ? '⌥' : 'Alt',
      enter: '↵',
      escape: 'Esc',
      up: '↑',
      down: '↓',
    })[k] ?? (k.length === 1 ? k.toUpperCase() : k);
  return keys
    .split(' ')
    .map((chord) =>
      chord === '+'
        ? chord
        : chord
            .split('+')
            .map(word)
            .join(mac ? '' : ' '),
    )
    .join(' ');
}
