const plain = new Intl.NumberFormat('en');

/** count writes a whole number with separators: 16,988. */
export const count = (value: number): string => plain.format(value);

/** duration writes milliseconds as people say them: "0.4 s", "12 s", "3 m 20 s", "2 h 05 m". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} m`;
}

/** plural writes "1 row" or "5 rows". */
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;
