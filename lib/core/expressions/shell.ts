import { evaluateTemplate } from './evaluate';
import { ExpressionError, type Scope } from './scope';
import { asText } from './values';
import { type Placement } from './sql';
import { findTemplates, replaceTemplates, type Template } from './templates';

type Context =
  | 'plain'
  | 'double'
  | 'single'
  | 'ansi'
  | 'arithmetic'
  | 'backtick'
  | 'comment'
  | 'heredoc'
  | 'quoted heredoc';

/** A word before a template on its line that makes the shell, or another interpreter, read the text a second time. */
const INTERPRETS =
  /(^|[\s;|&(`])(eval|ssh|(\/\S*\/)?(ba|da|z|k)?sh\s+(-\S+\s+)*-\w*c|(python[\d.]*|perl|ruby|node|php)\s+(-\S+\s+)*-\w*[ce])\s[^;|&\n]*$/;

/** contextsOf walks a command as a shell would and says where each template stands. */
function contextsOf(command: string, templates: Template[]): Context[] {
  const found: Context[] = [];
  const starts = new Map(templates.map((template) => [template.start, template]));
  const stack: Context[] = ['plain'];
  let waiting: { end: string; quoted: boolean; dashed: boolean }[] = [];
  let at = 0;
  while (at < command.length) {
    const top = stack.at(-1) ?? 'plain';
    const template = starts.get(at);
    if (template) {
      found.push(top);
      at = template.end;
      continue;
    }
    const char = command[at] ?? '';
    const code = top === 'plain' || top === 'backtick';
    if (char === '\\' && top !== 'single' && top !== 'comment') {
      at += 2;
      continue;
    }
    if (top === 'comment') {
      if (char === '\n') {
        stack.pop();
        continue;
      }
    } else if (top === 'single' || top === 'ansi') {
      if (char === "'") stack.pop();
    } else if (top === 'arithmetic') {
      if (command.startsWith('))', at)) {
        stack.pop();
        at++;
      }
    } else if (command.startsWith('$((', at)) {
      stack.push('arithmetic');
      at += 2;
    } else if (command.startsWith('$(', at)) {
      stack.push('plain');
      at++;
    } else if (top === 'double') {
      if (char === '"') stack.pop();
      else if (char === '`') stack.push('backtick');
    } else if (code) {
      const heredoc = /^<<(-?)[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([\w.-]+))/.exec(
        command.slice(at, at + 200),
      );
      if (command.startsWith('<<<', at)) at += 2;
      else if (heredoc) {
        const end = heredoc[2] ?? heredoc[3] ?? heredoc[4] ?? '';
        waiting.push({
          end,
          dashed: heredoc[1] === '-',
          quoted: heredoc[4] === undefined || heredoc[0].includes('\\'),
        });
        at += heredoc[0].length - 1;
      } else if (command.startsWith("$'", at)) {
        stack.push('ansi');
        at++;
      } else if (char === "'") stack.push('single');
      else if (char === '"') stack.push('double');
      else if (char === '`') {
        if (top === 'backtick') stack.pop();
        else stack.push('backtick');
      } else if (char === '(') stack.push('plain');
      else if (char === ')' && stack.length > 1) stack.pop();
      else if (char === '#' && (at === 0 || /[\s;&|(]/.test(command[at - 1] ?? ''))) stack.push('comment');
      else if (char === '\n' && waiting.length > 0) {
        at = skipHeredocs(command, at + 1, waiting, starts, found);
        waiting = [];
        continue;
      }
    }
    at++;
  }
  return found;
}

/** skipHeredocs goes past the bodies that begin at a line's start, noting the templates in them. */
function skipHeredocs(
  command: string,
  from: number,
  bodies: { end: string; quoted: boolean; dashed: boolean }[],
  starts: Map<number, Template>,
  found: Context[],
): number {
  let at = from;
  for (const body of bodies) {
    while (at < command.length) {
      const lineEnd = command.indexOf('\n', at);
      const stop = lineEnd === -1 ? command.length : lineEnd;
      const line = command.slice(at, stop);
      for (let i = at; i < stop; i++)
        if (starts.has(i)) found.push(body.quoted ? 'quoted heredoc' : 'heredoc');
      at = lineEnd === -1 ? command.length : stop + 1;
      if ((body.dashed ? line.replace(/^\t+/, '') : line) === body.end) break;
    }
  }
  return at;
}

const REFUSED: Partial<Record<Context, string>> = {
  single: 'inside single quotes, where the shell replaces nothing. Use double quotes',
  ansi: "inside $'…', where the shell replaces nothing. Use double quotes",
  'quoted heredoc':
    'inside a heredoc with a quoted end word, where the shell replaces nothing. Write the end word without quotes',
  arithmetic: 'inside $((…)), where the shell would run it as code. Compute it in the expression',
};

/**
 * shellPlacements finds templates that cannot become a quoted environment variable where they stand, or whose value another
 * interpreter would read as code. In a comment one is left alone.
 */
export function shellPlacements(command: string): Placement[] {
  const templates = findTemplates(command);
  const contexts = contextsOf(command, templates);
  return templates.flatMap((template, index): Placement[] => {
    const shown = command.slice(template.start, template.end);
    const context = contexts[index] ?? 'plain';
    const why = REFUSED[context];
    if (why !== undefined) {
      const corrected = context === 'single' ? correctedQuotes(command, template) : undefined;
      return [
        {
          template,
          message: `${shown} stands ${why}${corrected ? `: ${corrected}` : '.'}`,
          ...(corrected ? { corrected } : {}),
        },
      ];
    }
    const line = command.slice(command.lastIndexOf('\n', template.start) + 1, template.start);
    if (context !== 'comment' && INTERPRETS.test(line))
      return [
        {
          template,
          message: `${shown} stands in text that is run as code a second time, so its value could become code. Export it first and use the variable: export VALUE=${shown}`,
        },
      ];
    return [];
  });
}

function correctedQuotes(command: string, template: Template): string | undefined {
  const open = command.lastIndexOf("'", template.start);
  const close = command.indexOf("'", template.end);
  if (open === -1 || close === -1) return undefined;
  const inner = command.slice(open + 1, close);
  return /["$`\\]/.test(inner.replace(command.slice(template.start, template.end), ''))
    ? undefined
    : `"${inner}"`;
}

/**
 * bindShell puts a quoted environment variable in place of every template and gives the variables to set. The value never
 * becomes part of the command.
 * @throws ExpressionError when a template is misplaced, cannot be computed or has a NUL character.
 */
export function bindShell(command: string, scope: Scope): { command: string; env: Record<string, string> } {
  const misplaced = shellPlacements(command)[0];
  if (misplaced) throw new ExpressionError(misplaced.message, misplaced.template.expression);
  const templates = findTemplates(command);
  const contexts = contextsOf(command, templates);
  const env: Record<string, string> = {};
  const bound = replaceTemplates(command, templates, (template, index) => {
    const context = contexts[index] ?? 'plain';
    if (context === 'comment') return command.slice(template.start, template.end);
    const name = `PENSTOCK_VALUE_${index + 1}`;
    const value = asText(evaluateTemplate(template.expression, scope));
    if (value.includes('\0'))
      throw new ExpressionError(
        `The value of "${template.expression}" has a NUL character, which no environment variable can hold.`,
        template.expression,
      );
    env[name] = value;
    return context === 'double' || context === 'heredoc' ? `\${${name}}` : `"\${${name}}"`;
  });
  return { command: bound, env };
}
