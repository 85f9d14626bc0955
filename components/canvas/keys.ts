/** One line of the sheet of keys; `sign` is how it is written there. `mod` is Ctrl, or Cmd on a Mac. */
export type Shortcut = { keys: string; sign: string; does: string };

/** SHORTCUTS is what the editor's keyboard can do, in the order of the sheet. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: 'Tab', sign: '⇥', does: 'Add a node after the selected one' },
  { keys: '↑ ↓ ← →', sign: '↑↓←→', does: 'Walk the graph' },
  { keys: 'shift+↑ ↓', sign: '⇧↑↓', does: 'Select everything upstream or downstream' },
  { keys: 'C', sign: 'C', does: 'Connect to another node' },
  { keys: 'Enter', sign: '⏎', does: 'Go to the form of the selected node' },
  { keys: 'F2', sign: 'F2', does: 'Rename' },
  { keys: 'Delete', sign: 'Del', does: 'Delete what is selected' },
  { keys: 'mod+D', sign: '⌘/Ctrl+D', does: 'Duplicate' },
  { keys: 'mod+C, mod+X, mod+V', sign: '⌘/Ctrl+C/X/V', does: 'Copy, cut, paste (also into another pipeline)' },
  { keys: 'mod+A', sign: '⌘/Ctrl+A', does: 'Select all' },
  { keys: 'mod+Z, shift+mod+Z', sign: '⌘/Ctrl+Z', does: 'Undo, redo' },
  { keys: 'mod+Enter', sign: '⌘/Ctrl+⏎', does: 'Try this node' },
  { keys: 'shift+Enter', sign: '⇧⏎', does: 'Try up to here' },
  { keys: 'mod+F', sign: '⌘/Ctrl+F', does: 'Search on the canvas' },
  { keys: 'T', sign: 'T', does: 'Tidy up the drawing' },
  { keys: '1', sign: '1', does: 'Fit everything into view' },
  { keys: '+ -', sign: '+/−', does: 'Zoom' },
  { keys: 'shift+drag', sign: '⇧drag', does: 'Select several with the mouse' },
  { keys: 'Escape', sign: 'Esc', does: 'Select nothing; again: leave the canvas' },
];

export type KeyPress = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export type Act =
  | 'add' | 'up' | 'down' | 'left' | 'right' | 'allUp' | 'allDown' | 'connect' | 'form' | 'rename' | 'delete' | 'duplicate'
  | 'selectAll' | 'undo' | 'redo' | 'try' | 'tryUpTo' | 'search' | 'tidy' | 'fit' | 'zoomIn' | 'zoomOut' | 'escape';

const PLAIN: Record<string, Act> = {
  Tab: 'add', ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right', c: 'connect', Enter: 'form', F2: 'rename',
  Delete: 'delete', Backspace: 'delete', t: 'tidy', '1': 'fit', '+': 'zoomIn', '=': 'zoomIn', '-': 'zoomOut', Escape: 'escape',
};
const SHIFTED: Record<string, Act> = { ArrowUp: 'allUp', ArrowDown: 'allDown', Enter: 'tryUpTo', '+': 'zoomIn' };
const MOD: Record<string, Act> = { d: 'duplicate', a: 'selectAll', z: 'undo', y: 'redo', Enter: 'try', f: 'search' };

/** actOf says what a key press on the canvas means; null leaves it to the browser (copy, cut and paste come as events). */
export function actOf(press: KeyPress): Act | null {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (press.altKey) return null;
  if (press.ctrlKey || press.metaKey) return press.shiftKey ? (key === 'z' ? 'redo' : null) : (MOD[key] ?? null);
  return (press.shiftKey ? SHIFTED : PLAIN)[key] ?? null;
}
