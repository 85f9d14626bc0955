import { type Json, type JsonObject } from '../json';

/** How a param arrives in expressions; dates arrive as texts like 2001-04-18, datetimes as timestamps. */
export type ValueType = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'json';

/** What an upstream looks like to an expression. */
export type TaskFact = { state: string; succeeded: boolean; failed: boolean; skipped: boolean; output: Json; /** of its table; only where `map.over` is computed */ rows?: Json };

export type RunFact = {
  id: string;
  pipeline: string;
  version: number | null;
  logicalDate: string | null;
  intervalStart: string | null;
  intervalEnd: string | null;
};

/** Scope is everything that an expression may name, at run time. */
export type Scope = {
  params?: JsonObject;
  /** declared types of params; a name without one is taken as JSON */
  paramTypes?: Record<string, ValueType>;
  vars?: JsonObject;
  run?: RunFact;
  tasks?: Record<string, TaskFact>;
  item?: Json;
  secrets?: Record<string, string>;
};

/** Names is what publishing knows before there are values. undefined: not known, so any name passes. */
export type Names = {
  params: Record<string, ValueType>;
  tasks: Iterable<string>;
  vars?: Iterable<string>;
  secrets?: Iterable<string>;
  /** inside a mapped task */
  item?: boolean;
};

/** ExpressionError is a mistake in an expression, or a value it cannot work with. The message is a sentence. */
export class ExpressionError extends Error {
  constructor(
    message: string,
    readonly expression: string,
    /** where in the expression, when known */
    readonly range?: { start: number; end: number },
  ) {
    super(message);
    this.name = 'ExpressionError';
  }
}
