'use client';

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type Completion,
} from '@codemirror/autocomplete';
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentWithTab,
  temporarilySetTabFocusMode,
} from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder as placeholderText,
  tooltips,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { cx } from './class-names';
import { languageOf, type CodeLanguage, type CodeSchema } from './code-language';
import { codeTheme } from './code-theme';
import { useNonce } from './nonce';

export type CodeProblem = { line: number; column?: number; severity?: 'error' | 'warning'; message: string };

type Props = {
  /** Names the editor for screen readers. */
  label: string;
  language: CodeLanguage;
  value: string;
  onChange?: (value: string) => void;
  onBlur?: () => void;
  /** Mod+Enter. */
  onSubmit?: () => void;
  readOnly?: boolean;
  placeholder?: string;
  schema?: CodeSchema;
  completions?: readonly Completion[];
  /** Underlined at 1-based lines and columns. */
  problems?: readonly CodeProblem[];
  className?: string;
  minLines?: number;
  maxLines?: number;
  autoFocus?: boolean;
  invalid?: boolean;
};

const NO_SCHEMA: CodeSchema = {};
const NO_COMPLETIONS: readonly Completion[] = [];
const NO_PROBLEMS: readonly CodeProblem[] = [];

const diagnosticsOf = (state: EditorState, problems: readonly CodeProblem[]): Diagnostic[] =>
  problems
    .filter((p) => p.line >= 1 && p.line <= state.doc.lines)
    .map((p) => {
      const line = state.doc.line(p.line);
      const from = Math.min(line.to, line.from + Math.max(0, (p.column ?? 1) - 1));
      return { from, to: line.to, severity: p.severity ?? 'error', message: p.message };
    });

/**
 * CodeEditor edits code with line numbers, completion and bracket pairs. Tab indents; Escape then Tab leaves. A change of
 * `value` from outside replaces the text and keeps undo.
 */
export function CodeEditor(props: Props) {
  const {
    label,
    language,
    value,
    readOnly = false,
    placeholder,
    schema = NO_SCHEMA,
    completions = NO_COMPLETIONS,
    problems = NO_PROBLEMS,
    className,
    minLines = 4,
    maxLines = 24,
    invalid = false,
    autoFocus = false,
  } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  const grammar = useRef(new Compartment());
  const settings = useRef(new Compartment());
  const nonce = useNonce();

  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const parent = host.current;
    if (parent === null) return;
    const editor = new EditorView({
      parent,
      doc: latest.current.value,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        highlightActiveLine(),
        autocompletion({ icons: false }),
        tooltips({ parent: document.body }),
        EditorView.lineWrapping,
        codeTheme,
        ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
        grammar.current.of([]),
        settings.current.of([]),
        Prec.high(
          keymap.of([
            {
              key: 'Mod-Enter',
              run: () => {
                latest.current.onSubmit?.();
                return latest.current.onSubmit !== undefined;
              },
            },
            ...completionKeymap,
          ]),
        ),
        keymap.of([
          { key: 'Escape', run: temporarilySetTabFocusMode },
          indentWithTab,
          ...closeBracketsKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((u) => {
          if (u.docChanged) latest.current.onChange?.(u.state.doc.toString());
        }),
        EditorView.domEventHandlers({ blur: () => latest.current.onBlur?.() }),
      ],
    });
    view.current = editor;
    if (autoFocus) editor.focus();
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [nonce, autoFocus]);

  useEffect(() => {
    view.current?.dispatch({
      effects: grammar.current.reconfigure(languageOf(language, schema, completions)),
    });
  }, [language, schema, completions, nonce, autoFocus]);

  useEffect(() => {
    view.current?.dispatch({
      effects: settings.current.reconfigure([
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({
          'aria-label': label,
          ...(invalid ? { 'aria-invalid': 'true' } : {}),
        }),
        ...(placeholder === undefined ? [] : [placeholderText(placeholder)]),
      ]),
    });
  }, [readOnly, label, invalid, placeholder, nonce, autoFocus]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const now = editor.state.doc.toString();
    if (now !== value) editor.dispatch({ changes: { from: 0, to: now.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (editor !== null) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state, problems)));
  }, [problems, value, nonce, autoFocus]);

  return (
    <div
      ref={host}
      className={cx(
        'overflow-hidden rounded border border-line-strong focus-within:border-focus focus-within:outline-1 focus-within:outline-focus [&_.cm-editor]:max-h-(--code-max) [&_.cm-editor]:min-h-(--code-min)',
        invalid && 'border-failed-line',
        className,
      )}
      style={
        {
          '--code-min': `${minLines * 20 + 16}px`,
          '--code-max': `${maxLines * 20 + 16}px`,
        } as React.CSSProperties
      }
    />
  );
}
