import { type FactSources } from '@/lib/pipeline/server';
import { specTables } from './spec-tables';

/** factSources is what publishing and validating ask about SQL. */
export const factSources: FactSources = {
  sql: async (ctx, spec, slug) => (await specTables(ctx, slug, spec)).sql,
};

export { specTables, type KnownTable, type SpecTables } from './spec-tables';
