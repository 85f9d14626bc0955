import type { ReactNode } from 'react';

/** ListColumn is a column of a list: what it shows, and what CSV says. */
export type ListColumn<R> = {
  id: string;
  label: string;
  numeric?: boolean;
  /** always shown */
  fixed?: boolean;
  /** not shown until chosen */
  extra?: boolean;
  /** classes of the head and of the cell, such as where it stands on a phone's card */
  th?: string;
  td?: string;
  cell: (row: R) => ReactNode;
  /** what CSV says; a column without it is not exported */
  value?: (row: R) => string | number | null;
};

/** chosenColumns gives the columns that a person sees. @param flipped ids of those whose default was turned around */
export const chosenColumns = <R>(columns: readonly ListColumn<R>[], flipped: readonly string[]): ListColumn<R>[] =>
  columns.filter((c) => c.fixed === true || flipped.includes(c.id) === (c.extra === true));

/** BulkAct is something done to all selected rows, one after the other. */
export type BulkAct<R> = {
  id: string;
  label: string;
  icon: ReactNode;
  danger?: boolean;
  /** whether it makes sense for a row; it is done to those only */
  fits: (row: R) => boolean;
  /** what the question says about n rows */
  title: (n: number) => string;
  body: string;
  /** asks for a text first, such as a tag */
  ask?: string;
  run: (row: R, text: string) => Promise<unknown>;
  done: (n: number) => string;
};
