import { expect, it } from 'vitest';
import { cleanFolder, crumbsOf, entriesOf } from './folders';

const file = (path: string, bytes = 1, day = 1) => ({ path, bytes, uploadedBy: null, updatedAt: `2001-04-0${day}T00:00:00.000Z` });

it('shows folders with what is below them, and files of the folder itself', () => {
  const files = [file('a.csv', 5), file('demo/x.csv', 1, 2), file('demo/deep/y.csv', 2, 3), file('demo-old/z.csv', 4)];
  expect(entriesOf(files, '')).toEqual({
    folders: [
      { folder: 'demo/', name: 'demo', files: 2, bytes: 3, updatedAt: '2001-04-03T00:00:00.000Z' },
      { folder: 'demo-old/', name: 'demo-old', files: 1, bytes: 4, updatedAt: '2001-04-01T00:00:00.000Z' },
    ],
    files: [file('a.csv', 5)],
  });
  expect(entriesOf(files, 'demo/').files.map((f) => f.path)).toEqual(['demo/x.csv']);
  expect(entriesOf(files, 'demo/').folders.map((f) => f.folder)).toEqual(['demo/deep/']);
});

it.each([
  ['', ''],
  ['/', ''],
  ['demo', 'demo/'],
  ['/demo//deep/', 'demo/deep/'],
  ['../x', 'x/'],
])('cleans %j', (text, clean) => expect(cleanFolder(text)).toBe(clean));

it('names the way down', () => {
  expect(crumbsOf('demo/deep/')).toEqual([
    { name: 'demo', folder: 'demo/' },
    { name: 'deep', folder: 'demo/deep/' },
  ]);
});
