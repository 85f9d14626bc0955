/** How good a password is: a step from 0 to 4, its word, why it cannot be taken, and what would make it better. */
export type PasswordStrength = {
  score: 0 | 1 | 2 | 3 | 4;
  word: string;
  problems: string[];
  advice: string | null;
};

const SHORTEST = 10;
const WORDS = ['Too weak', 'Weak', 'Fair', 'Good', 'Strong'] as const;
/** The cores of the passwords that are tried first; compared without digits and signs at the ends. */
const COMMON = new Set(
  (
    'password passwort passw0rd letmein welcome admin administrator qwerty qwertz qwertyuiop asdfgh asdfghjkl zxcvbnm iloveyou monkey dragon ' +
    'football baseball sunshine princess master shadow superman batman trustno starwars changeme secret default login test testing guest root ' +
    'summer winter spring autumn january february hello whatever freedom computer internet penstock pipeline data analyst correcthorsebatterystaple'
  ).split(' '),
);
const RUNS = ['abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm', '01234567890123456789'];

/**
 * passwordStrength judges a password before it is taken. Length counts most; well-known words, rows of keys, repetitions and
 * the person's own name count little.
 * @param about the person's e-mail and name, which must not be the password
 */
export function passwordStrength(
  password: string,
  about: { email?: string; name?: string } = {},
): PasswordStrength {
  const problems: string[] = [];
  const length = [...password].length;
  if (length < SHORTEST) problems.push(`Use at least ${SHORTEST} characters; this has ${length}.`);
  const core = password.toLowerCase().replace(/^[\d\W_]+|[\d\W_]+$/g, '');
  if (COMMON.has(core.replace(/[\W_]/g, '')))
    problems.push('This is one of the passwords that are tried first. Put several unrelated words together.');
  const own = ownWords(about).find((word) => password.toLowerCase().includes(word));
  if (own && length - own.length < SHORTEST - 2)
    problems.push(`It is mostly "${own}", which is easy to guess for who knows you.`);
  const effective = effectiveLength(password);
  if (problems.length === 0 && effective < 7)
    problems.push('It repeats itself or follows the keys of the keyboard. Mix in something unexpected.');

  const score =
    problems.length > 0 ? (length >= SHORTEST ? 1 : 0) : effective >= 20 ? 4 : effective >= 14 ? 3 : 2;
  const advice = score >= 3 ? null : 'Four unrelated words make a strong password that is easy to remember.';
  return { score, word: WORDS[score], problems, advice };
}

/** Characters that repeat or continue a row of keys count a quarter; each further class of characters adds one. */
function effectiveLength(password: string): number {
  const signs = [...password.toLowerCase()];
  let sum = 0;
  signs.forEach((sign, i) => {
    const before = signs[i - 1];
    const pair = `${before ?? ''}${sign}`;
    const expected =
      before === sign ||
      (before !== undefined &&
        RUNS.some((run) => run.includes(pair) || [...run].reverse().join('').includes(pair)));
    sum += expected ? 0.25 : 1;
  });
  const distinct = new Set(signs).size;
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((c) => c.test(password)).length;
  return Math.min(sum, distinct * 2) + Math.max(0, classes - 1);
}

function ownWords({ email = '', name = '' }: { email?: string; name?: string }): string[] {
  return [...email.toLowerCase().split(/[@.+_-]/), ...name.toLowerCase().split(/\s+/)].filter(
    (word) => word.length >= 4 && word !== 'example',
  );
}
