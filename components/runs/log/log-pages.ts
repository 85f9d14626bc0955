import { looksLikeError, type LogLine } from '@/lib/observability';

/** Lines that are asked for at once. */
export const PAGE_LINES = 500;

export type Tone = 'error' | 'warn' | null;

/** A stretch of lines to ask for: after line `after`, at most `limit`. */
export type Gap = { after: number; limit: number };

const WARNS = /\bwarn(?:ing)?\b/i;

/** known counts the lines from the page's start that were read without a hole. */
function known(page: readonly (LogLine | undefined)[] | undefined): number {
  if (page === undefined) return 0;
  const hole = page.findIndex((line) => line === undefined);
  return hole < 0 ? page.length : hole;
}

/** LogPages keeps the lines of one attempt's log that were read so far, page by page. */
export class LogPages {
  readonly #pages = new Map<number, LogLine[]>();

  /** line gives line `n` (from 1), or undefined while it is not read. */
  line(n: number): LogLine | undefined {
    const page = this.#pages.get(Math.floor((n - 1) / PAGE_LINES));
    return page?.[(n - 1) % PAGE_LINES];
  }

  /** put adds lines wherever they belong. */
  put(lines: readonly LogLine[]): void {
    for (const line of lines) {
      const index = Math.floor((line.n - 1) / PAGE_LINES);
      const page = this.#pages.get(index) ?? [];
      page[(line.n - 1) % PAGE_LINES] = line;
      this.#pages.set(index, page);
    }
  }

  /**
   * gaps says what has to be asked for so that lines `from` to `to` can be shown: the missing part of each page.
   * @param total lines in the log so far
   */
  gaps(from: number, to: number, total: number): Gap[] {
    const gaps: Gap[] = [];
    const last = Math.min(to, total);
    for (let page = Math.floor((Math.max(1, from) - 1) / PAGE_LINES); page * PAGE_LINES < last; page += 1) {
      const have = known(this.#pages.get(page));
      const want = Math.min(PAGE_LINES, total - page * PAGE_LINES);
      if (have < want) gaps.push({ after: page * PAGE_LINES + have, limit: PAGE_LINES - have });
    }
    return gaps;
  }

  /** tone says how a line is marked: an error with the indented lines under it, or a warning. */
  tone(n: number): Tone {
    const line = this.line(n);
    if (line === undefined) return null;
    if (looksLikeError(line.text)) return 'error';
    for (
      let above = n - 1;
      above > 0 && above > n - 60 && /^\s/.test(this.line(above + 1)?.text ?? '');
      above -= 1
    )
      if (looksLikeError(this.line(above)?.text ?? '')) return 'error';
    return WARNS.test(line.text.slice(0, 400)) ? 'warn' : null;
  }
}
