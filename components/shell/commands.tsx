'use client';

import {
  createContext,
  use,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { chordOf, isTyping, nextKeys, PREFIX_MS } from './hotkeys';

/** Command is something a person can do here: by its key, in the palette, and listed in the sheet of shortcuts. */
export type Command = {
  id: string;
  label: string;
  /** Heads it in the palette and the sheet: "Go to", "This page", "Look". */
  group: string;
  run: () => void;
  keys?: string;
  icon?: ReactNode;
  /** Further words the palette finds it by. */
  words?: string;
  /** A gesture that only the sheet of keys names, because it cannot be run from a list. */
  sheetOnly?: boolean;
  /** Keys that work while typing too (only with mod). */
  whileTyping?: boolean;
};

class CommandSet {
  #sets = new Map<string, readonly Command[]>();
  #all: readonly Command[] = [];
  readonly #listeners = new Set<() => void>();

  put(owner: string, commands: readonly Command[] | null) {
    if (commands === null) this.#sets.delete(owner);
    else this.#sets.set(owner, commands);
    this.#all = [...this.#sets.values()].flat();
    for (const listener of [...this.#listeners]) listener();
  }
  all = () => this.#all;
  listen = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}

const CommandContext = createContext<CommandSet | null>(null);
const NONE: readonly Command[] = [];

/** CommandsProvider keeps the commands of the page and runs them by their keys. */
export function CommandsProvider({ children }: { children: ReactNode }) {
  const [set] = useState(() => new CommandSet());
  useEffect(() => {
    let held: string | null = null;
    let forget: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key))
        return;
      const typing =
        isTyping(event.target) || document.querySelector('[role="dialog"],[role="alertdialog"]') !== null;
      const usable = set.all().filter((c) => c.keys !== undefined && (!typing || c.whileTyping === true));
      const next = nextKeys(
        usable.map((c) => c.keys ?? ''),
        held,
        chordOf(event),
      );
      clearTimeout(forget);
      held = next.held;
      if (held !== null) forget = setTimeout(() => (held = null), PREFIX_MS);
      if (next.run === null) return;
      event.preventDefault();
      // The page's own command stands after the shell's and wins.
      usable.findLast((c) => c.keys === next.run)?.run();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      clearTimeout(forget);
      window.removeEventListener('keydown', onKey);
    };
  }, [set]);
  return <CommandContext value={set}>{children}</CommandContext>;
}

/** useCommands adds commands while the component stands. `owner` names the set; `commands` should be memoised. */
export function useCommands(owner: string, commands: readonly Command[]) {
  const set = use(CommandContext);
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  // What a command does is read when it runs, so only a change of the visible list is announced.
  const shape = commands.map((c) => `${c.id}|${c.label}|${c.keys ?? ''}`).join('\n');
  const stable = useMemo(
    () =>
      commands.map((c) => ({
        ...c,
        run: () => latest.current.find((l) => l.id === c.id)?.run(),
      })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the shape stands for the list
    [shape],
  );
  useEffect(() => {
    set?.put(owner, stable);
    return () => set?.put(owner, null);
  }, [set, owner, stable]);
}

/** useAllCommands returns every command that can be run now. */
export function useAllCommands(): readonly Command[] {
  const set = use(CommandContext);
  return useSyncExternalStore(set?.listen ?? (() => () => undefined), set?.all ?? (() => NONE), () => NONE);
}
