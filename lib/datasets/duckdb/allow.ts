import { type Piece } from './split-sql';

const SELECTS = new Set(['SELECT', 'WITH', 'FROM', 'VALUES', 'TABLE', 'PIVOT', 'UNPIVOT', 'SUMMARIZE', 'DESCRIBE', 'DESC', 'SHOW']);
const CREATED = new Set(['TABLE', 'VIEW', 'MACRO', 'FUNCTION']);
const BEFORE_CREATED = new Set(['OR', 'REPLACE', 'TEMP', 'TEMPORARY', 'RECURSIVE']);

/** What a statement is, judged by its first words. */
export type Verdict = { allowed: true; verb: 'SELECT' | 'CREATE' | 'INSERT' | 'UPDATE' | 'DELETE' } | { allowed: false; what: string };

/**
 * judgeStatement decides by its first words whether a statement may run. The parser's own statement type is checked
 * beside it, so that neither alone decides.
 */
export function judgeStatement(piece: Pick<Piece, 'keywords'>): Verdict {
  const [first = ''] = piece.keywords;
  if (SELECTS.has(first)) return { allowed: true, verb: 'SELECT' };
  if (first === 'INSERT' || first === 'UPDATE' || first === 'DELETE') return { allowed: true, verb: first };
  if (first === 'CREATE') {
    const thing = piece.keywords.slice(1).find((word) => !BEFORE_CREATED.has(word)) ?? '';
    return CREATED.has(thing) ? { allowed: true, verb: 'CREATE' } : { allowed: false, what: `CREATE ${thing}`.trim() };
  }
  return { allowed: false, what: first };
}

/** refusal says why a statement may not run here. @param what its verb, in capitals */
export function refusal(what: string): string {
  const named = what === '' ? 'This statement' : `A statement ${what}`;
  return `${named} is not allowed in a SQL node. Allowed are SELECT, CREATE TABLE, CREATE VIEW, CREATE MACRO, INSERT, UPDATE and DELETE.${REASONS[what.split(' ')[0] ?? ''] ?? ''}`;
}

const REASONS: Record<string, string> = {
  COPY: " The last statement's rows are stored as the node's output, so nothing has to be copied to a file.",
  SET: ' Memory and threads are set on the node.',
  PRAGMA: ' Memory and threads are set on the node.',
  ATTACH: ' Read an outside database with a source node and a connection.',
  INSTALL: ' Extensions cannot be loaded.',
  LOAD: ' Extensions cannot be loaded.',
  DROP: " The node's tables vanish by themselves at its end.",
};
