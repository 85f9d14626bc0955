import { type z } from 'zod';

/** Palette groups. */
export type Domain = 'data' | 'quality' | 'control' | 'ml' | 'notify';

/** What the spec knows about a kind of node; how it runs and how it looks live in two further tables. */
export type NodeDefinition<Config extends z.ZodObject = z.ZodObject> = {
  label: string;
  domain: Domain;
  /** One sentence for the palette. */
  what: string;
  configSchema: Config;
  /** true: it makes a table of its own. false: it passes its upstreams' tables on under their names. */
  provides: boolean;
  /** Its process runs what a person wrote. */
  runsUserCode: boolean;
  /** The config of a freshly dropped node. */
  defaults: Record<string, unknown>;
  /** One line that says what this node does, from its config. */
  summary: (config: Record<string, unknown>) => string;
};

/** defineNode keeps the config's type. */
export function defineNode<Config extends z.ZodObject>(
  definition: NodeDefinition<Config>,
): NodeDefinition<Config> {
  return definition;
}

/** firstLine takes the first line that is not empty or a comment, for a card's summary. */
export function firstLine(text: unknown): string {
  if (typeof text !== 'string') return '';
  const line = text.split('\n').find((l) => l.trim() !== '' && !/^\s*(--|#)/.test(l));
  return (line ?? '').trim().slice(0, 120);
}

/** plain shows a config value on a card. */
export function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
