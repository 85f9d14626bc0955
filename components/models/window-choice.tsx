'use client';

import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { Segmented } from '@/components/ui/segmented';
import { WINDOWS } from './words';

const VALUES = WINDOWS.map((each) => each.value);

/** WindowChoice chooses the span of time that figures are read over; it stands in the address. */
export function WindowChoice() {
  const [value, set] = useQueryState('window', parseAsStringLiteral(VALUES).withDefault('hour').withOptions({ shallow: false, clearOnDefault: true }));
  return <Segmented label="Window" size="sm" value={value} onChange={(next) => void set(next)} options={WINDOWS.map(({ value: v, label }) => ({ value: v, label }))} />;
}
