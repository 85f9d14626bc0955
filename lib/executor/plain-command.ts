/** What bash does itself, and words that mean something to it. */
const OWN = new Set(
  `. : [ alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs disown do done echo elif else enable
  esac eval exec exit export false fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile popd printf pushd
  pwd read readarray readonly return select set shift shopt source suspend test then time times trap true type typeset ulimit umask unalias
  unset until wait while`.split(/\s+/),
);
const WORDS = /^[ \t\n]*[A-Za-z_][\w.+-]*([ \t]+[\w./:,@%+=-]+)*[ \t\n]*$/;
/** Means the same to every shell. */
const ANY_SHELL = /^[ \t\n]*(:|true|false|exit[ \t]+\d{1,2})[ \t\n]*$/;

/**
 * plainCommand is how a command is run that needs no bash: one program of PATH with plain words is started as it is, which is what bash would
 * become, and what every shell does alike is done by sh, which starts in half the time. Null: it needs bash. (GNU make does the same.)
 */
export function plainCommand(command: string): [string, ...string[]] | null {
  if (ANY_SHELL.test(command)) return ['/bin/sh', '-e', '-c', command];
  if (!WORDS.test(command)) return null;
  const [program, ...words] = command.trim().split(/[ \t]+/) as [string, ...string[]];
  return OWN.has(program) ? null : [program, ...words];
}
