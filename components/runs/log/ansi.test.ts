import { expect, it } from 'vitest';
import { plainText, splitMatches, stretchesOf } from './ansi';

it('turns terminal colours into the theme’s', () => {
  expect(stretchesOf('a \u001b[31mred\u001b[0m \u001b[1;32mgood\u001b[0m')).toEqual([
    { text: 'a ' },
    { text: 'red', color: 'var(--st-failed-text)' },
    { text: ' ' },
    { text: 'good', color: 'var(--st-succeeded-text)', bold: true },
  ]);
  expect(stretchesOf('\u001b[93mlight\u001b[0m')).toEqual([{ text: 'light', color: 'var(--st-retry-text)' }]);
});

it('keeps markup as text and drops what is no colour', () => {
  expect(stretchesOf('<b>x</b>')).toEqual([{ text: '<b>x</b>' }]);
  expect(plainText('\u001b[2K\u001b[31m<i>\u001b[0m')).toBe('<i>');
});

it('shows what a terminal would show after carriage returns', () => {
  expect(plainText('10 %\r50 %\r100 %')).toBe('100 %');
  expect(plainText('done\r')).toBe('done');
});

it('finds all places of a searched text', () => {
  expect(splitMatches('Error: an error', 'error')).toEqual(['', 'Error', ': an ', 'error', '']);
  expect(splitMatches('nothing', '')).toEqual(['nothing']);
});
