'use client';

import { parseAsString, useQueryStates } from 'nuqs';
import { useTransition } from 'react';

/** useSelection is what of a drift report is looked at: it lives in the address, so that a link shows the same. */
export function useSelection() {
  const [pending, start] = useTransition();
  const text = parseAsString.withOptions({ shallow: false, startTransition: start });
  const [selection, select] = useQueryStates({ feature: text, window: text, grain: text, version: text, from: text, to: text });
  return { selection, select, pending };
}
