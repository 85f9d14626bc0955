import { expect, it } from 'vitest';
import { offersOf, taskOffersOf } from './offers';

const all = { run: true, write: true };

it('offers what makes sense for the state', () => {
  expect(offersOf({ state: 'running', try: false }, all)).toEqual(['stop', 'draft']);
  expect(offersOf({ state: 'failed', try: false }, all)).toEqual(['rerun-failed', 'draft', 'rerun-all', 'compare']);
  expect(offersOf({ state: 'cancelled', try: false }, all)).toEqual(['rerun-failed', 'draft', 'rerun-all']);
  expect(offersOf({ state: 'succeeded', try: false }, all)).toEqual(['rerun-all', 'draft']);
});

it('offers a viewer nothing that changes', () => {
  expect(offersOf({ state: 'failed', try: false }, { run: false, write: false })).toEqual(['compare']);
  expect(taskOffersOf({ state: 'failed' }, { state: 'failed', try: false }, false)).toEqual([]);
});

it('never offers to rerun a trial', () => {
  expect(offersOf({ state: 'failed', try: true }, all)).toEqual(['draft']);
  expect(taskOffersOf({ state: 'failed' }, { state: 'failed', try: true }, true)).toEqual([]);
});

it('lets a running task be marked but not cleared', () => {
  expect(taskOffersOf({ state: 'running' }, { state: 'running', try: false }, true)).toEqual(['mark']);
});
