/**
 * benjaminiHochberg adjusts chances of several tests made at once, so that among those below a level at most that share is
 * expected to be mere chance.
 * @returns adjusted chances in the order given
 */
export function benjaminiHochberg(chances: number[]): number[] {
  const order = chances.map((_, i) => i).sort((a, b) => (chances[b] ?? 0) - (chances[a] ?? 0));
  const adjusted = new Array<number>(chances.length).fill(1);
  let least = 1;
  order.forEach((index, place) => {
    const rank = chances.length - place;
    least = Math.min(least, ((chances[index] ?? 1) * chances.length) / rank);
    adjusted[index] = least;
  });
  return adjusted;
}
