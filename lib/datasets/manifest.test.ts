import { describe, expect, it } from 'vitest';
import { filesInWindow, nextManifest, type DatasetWrite, type ManifestFile } from './manifest';

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const span = (from: number, to: number) => ({ start: day(from), end: day(to) });
const piece = (from: number, to: number): ManifestFile => ({
  key: `interval ${day(from).toISOString()} ${day(to).toISOString()}`, path: `${from}-${to}`, rows: 1, bytes: 1, versionId: 'old', intervalStart: day(from).toISOString(), intervalEnd: day(to).toISOString(),
});
const first: ManifestFile = { key: 'all', path: 'first', rows: 9, bytes: 9, versionId: 'old' };
const write = (given: Partial<DatasetWrite>): DatasetWrite => ({ mode: 'interval', versionId: 'new', runId: 'r1', taskId: 't', interval: null, files: [{ path: 'new', rows: 2, bytes: 2 }], ...given });
const paths = (current: ManifestFile[], given: Partial<DatasetWrite>) => {
  const next = nextManifest(current, write(given));
  return next.ok ? next.files.map((file) => file.path) : next.message;
};

describe('the next manifest', () => {
  it.each([
    ['replace keeps nothing', [first, piece(1, 2)], { mode: 'replace' }, ['new']],
    ['append keeps everything', [first, piece(1, 2)], { mode: 'append' }, ['first', '1-2', 'new']],
    ['interval adds to an empty dataset', [], { interval: span(1, 2) }, ['new']],
    ['interval keeps its neighbours', [piece(1, 2), piece(3, 4)], { interval: span(2, 3) }, ['1-2', 'new', '3-4']],
    ['interval replaces itself', [piece(1, 2), piece(2, 3)], { interval: span(2, 3) }, ['1-2', 'new']],
    ['interval keeps a first load without interval', [first, piece(1, 2)], { interval: span(1, 2) }, ['first', 'new']],
    ['a wide backfilled interval replaces all days inside it', [piece(1, 2), piece(2, 3), piece(3, 4), piece(8, 9)], { interval: span(1, 8) }, ['new', '8-9']],
    ['a written interval may have no files', [piece(1, 2), piece(2, 3)], { interval: span(1, 2), files: [] }, ['2-3']],
  ] as const)('%s', (_name, current, given, expected) => {
    expect(paths([...current], given as Partial<DatasetWrite>)).toEqual(expected);
  });

  it.each([
    ['a day inside a week', [piece(1, 8)], span(3, 4)],
    ['a week that cuts another', [piece(5, 12)], span(1, 8)],
  ])('refuses %s, since a file cannot be cut', (_name, current, interval) => {
    expect(paths(current, { interval })).toContain('Run the whole of that interval');
  });

  it('refuses an interval write of a run without one', () => {
    expect(paths([], { interval: null })).toContain('covers none');
  });

  it('does not append twice when the same task of the same run runs again', () => {
    const once = nextManifest([first], write({ mode: 'append' }));
    expect(once.ok && paths(once.files, { mode: 'append', versionId: 'newer', files: [{ path: 'again', rows: 2, bytes: 2 }] })).toEqual(['first', 'again']);
    expect(once.ok && paths(once.files, { mode: 'append', runId: 'r2', files: [{ path: 'other', rows: 2, bytes: 2 }] })).toEqual(['first', 'new', 'other']);
  });
});

describe('the window of a reader', () => {
  const files = [first, piece(1, 2), piece(2, 3), piece(3, 4)];
  it.each([
    ['all', ['first', '1-2', '2-3', '3-4']],
    ['interval', ['first', '2-3']],
    ['latest', ['3-4']],
  ] as const)('%s', (window, expected) => {
    expect(filesInWindow(files, window, span(2, 3)).map((file) => file.path)).toEqual(expected);
  });
  it('latest without intervals is the newest write', () => {
    expect(filesInWindow([first, { ...first, path: 'b', versionId: 'v2' }], 'latest', null).map((file) => file.path)).toEqual(['b']);
  });
});
