'use client';

import { Time } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import { type InferenceView } from '@/lib/inference';
import { milliseconds, valueText } from './words';

/** pairs writes named values, in the order of the signature where it is given. */
function pairs(values: Record<string, unknown> | null, order: readonly string[] = []): string {
  if (values === null) return '–';
  const at = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(values)
    .toSorted(([a], [b]) => at(a) - at(b))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? `[${value.map(valueText).join(', ')}]` : valueText(value)}`)
    .join(', ');
}

/** PredictionTable lists predictions, newest first: who answered, what was asked and said. @param order names of the features, as the model takes them */
export const PredictionTable = ({ predictions, order }: { predictions: readonly InferenceView[]; order: readonly string[] }) => (
  <Table label="Newest predictions" className="stack">
    <thead>
      <tr>
        <Th>Time</Th>
        <Th>Variant</Th>
        <Th>Prediction</Th>
        <Th>Features</Th>
        <Th>Unit</Th>
        <Th numeric>Latency</Th>
        <Th>Id</Th>
      </tr>
    </thead>
    <tbody>
      {predictions.map((each) => (
        <tr key={each.id}>
          <Td className="whitespace-nowrap text-ink-2 max-md:order-2 max-md:justify-self-end max-md:text-12">
            <Time at={each.at} />
          </Td>
          <Td className="whitespace-nowrap max-md:order-1">
            {each.variant} <span className="text-ink-2">v{each.version}</span>
            {each.assignedBy === 'shadow' && <span className="text-ink-3"> shadow</span>}
          </Td>
          <Td className="max-w-64 truncate max-md:order-3 max-md:col-span-2" title={each.error ?? pairs(each.prediction)}>
            {each.error === null ? <span className="mono">{pairs(each.prediction)}</span> : <span className="text-failed">{each.status}: {each.error}</span>}
          </Td>
          <Td className="mono max-w-80 truncate text-ink-2 max-md:order-4 max-md:col-span-2 max-md:text-12" title={pairs(each.features, order)}>
            {pairs(each.features, order)}
          </Td>
          <Td className="mono max-w-32 truncate text-ink-2 max-md:hidden" title={each.unitId ?? undefined}>
            {each.unitId === each.id ? <span className="font-sans text-ink-3">random</span> : each.unitId}
          </Td>
          <Td numeric className="max-md:hidden">
            {milliseconds(each.latencyUs / 1000)}
          </Td>
          <Td className="mono max-w-28 truncate text-12 text-ink-3 max-md:hidden" title={each.id}>
            {each.id.slice(-12)}
          </Td>
        </tr>
      ))}
    </tbody>
  </Table>
);
