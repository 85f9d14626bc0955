import type { NodeKind } from '@/lib/pipeline';
import type { Adapter } from '../adapter';
import { emptyAdapter } from './empty';

/** What each node kind does. */
export const ADAPTERS: Partial<Record<NodeKind, Adapter>> = { empty: emptyAdapter };
