export type KeyPress = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export type Act =
  | 'add' | 'up' | 'down' | 'left' | 'right' | 'allUp' | 'allDown' | 'connect' | 'form' | 'rename' | 'delete' | 'duplicate'
  | 'selectAll' | 'note' | 'group' | 'ungroup' | 'fold' | 'undo' | 'redo' | 'try' | 'tryUpTo' | 'search' | 'tidy' | 'fit' | 'zoomIn' | 'zoomOut' | 'escape';

const PLAIN: Record<string, Act> = {
  Tab: 'add', ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right', c: 'connect', Enter: 'form', F2: 'rename',
  Delete: 'delete', Backspace: 'delete', t: 'tidy', n: 'note', g: 'group', f: 'fold', '1': 'fit', '+': 'zoomIn', '=': 'zoomIn', '-': 'zoomOut', Escape: 'escape',
};
const SHIFTED: Record<string, Act> = { ArrowUp: 'allUp', ArrowDown: 'allDown', Enter: 'tryUpTo', '+': 'zoomIn', g: 'ungroup' };
const MOD: Record<string, Act> = { d: 'duplicate', a: 'selectAll', z: 'undo', y: 'redo', Enter: 'try', f: 'search' };

/** actOf says what a key press on the canvas means; null leaves it to the browser (copy, cut and paste come as events). */
export function actOf(press: KeyPress): Act | null {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (press.altKey) return null;
  if (press.ctrlKey || press.metaKey) return press.shiftKey ? (key === 'z' ? 'redo' : null) : (MOD[key] ?? null);
  return (press.shiftKey ? SHIFTED : PLAIN)[key] ?? null;
}

/**
 * One line of the sheet of keys. `keys` in the shell's writing ("mod+d") is heard anywhere on the page; a sign ("⇥") is heard
 * by the canvas alone, because Tab, Enter and arrows mean something else elsewhere.
 */
export type Shortcut = { does: string; keys: string; act: Act | null };

/** SHORTCUTS is what the editor's keyboard can do, in the order of the sheet. */
export const SHORTCUTS: readonly Shortcut[] = [
  { does: 'Add a node after the selected one', keys: '⇥', act: 'add' },
  { does: 'Walk the graph', keys: '↑↓←→', act: null },
  { does: 'Select everything upstream', keys: '⇧↑', act: 'allUp' },
  { does: 'Select everything downstream', keys: '⇧↓', act: 'allDown' },
  { does: 'Connect to another node', keys: 'c', act: 'connect' },
  { does: 'Go to the form of the selected node', keys: '⏎', act: 'form' },
  { does: 'Rename the selected node', keys: 'f2', act: 'rename' },
  { does: 'Delete what is selected', keys: 'delete', act: 'delete' },
  { does: 'Duplicate', keys: 'mod+d', act: 'duplicate' },
  { does: 'Copy, cut, paste (also into another pipeline)', keys: 'mod+C/X/V', act: null },
  { does: 'Select all nodes', keys: 'mod+A ', act: 'selectAll' },
  { does: 'Undo', keys: 'mod+z', act: 'undo' },
  { does: 'Redo', keys: 'mod+shift+z', act: 'redo' },
  { does: 'Try the selected node', keys: 'mod+enter', act: 'try' },
  { does: 'Try up to the selected node', keys: '⇧⏎', act: 'tryUpTo' },
  { does: 'Search on the canvas', keys: 'mod+f', act: 'search' },
  { does: 'Put a note onto the drawing', keys: 'n', act: 'note' },
  { does: 'Make a group of the selected nodes', keys: 'g', act: 'group' },
  { does: 'Fold or unfold the group of the selected nodes', keys: 'f', act: 'fold' },
  { does: 'Take the group of the selected nodes apart', keys: 'shift+g', act: 'ungroup' },
  { does: 'Tidy up the drawing', keys: 't', act: 'tidy' },
  { does: 'Fit everything into view', keys: '1', act: 'fit' },
  { does: 'Select several with the mouse', keys: '⇧drag', act: null },
  { does: 'Select nothing; again: leave the canvas', keys: 'Esc', act: null },
];
