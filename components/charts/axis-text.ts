/** AXIS_TEXT is how recharts writes along an axis. */
export const AXIS_TEXT = { fontSize: 12, fill: 'var(--text-3)', fontFamily: 'var(--font-sans)' };
