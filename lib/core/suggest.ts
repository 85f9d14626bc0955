/** suggest finds the nearest of some names to a mistyped one, or undefined when none is near. */
export function suggest(typed: string, names: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  const plain = typed.toLowerCase().replace(/[_-]/g, '');
  for (const name of names) {
    const full = name.toLowerCase().replace(/[_-]/g, '');
    const distance = plain.length > 1 && full.startsWith(plain) ? 0.5 : editDistance(plain, full);
    if (
      distance < full.length &&
      distance <= Math.max(1, Math.floor(full.length / 3)) &&
      (!best || distance < best.distance)
    )
      best = { name, distance };
  }
  return best?.name;
}

/** didYouMean is the end of a sentence about an unknown name. */
export function didYouMean(typed: string, names: Iterable<string>): string {
  const name = suggest(typed, names);
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}

/** editDistance counts letters to add, drop or change; two neighbours that changed places count once. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = (rows[i] = [i]);
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ...(swapped ? [at(i - 2, j - 2) + 1] : []),
      );
    }
  }
  return at(a.length, b.length);
}
