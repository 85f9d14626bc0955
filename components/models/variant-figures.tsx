import { formatCount } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import { type VariantStats } from '@/lib/inference';
import { type VariantView } from '@/lib/serving';
import { milliseconds, share, valueText } from './words';

/** VariantFigures shows what each variant did in a window, and its replicas now. */
export function VariantFigures({ variants, stats }: { variants: readonly VariantView[]; stats: readonly VariantStats[] }) {
  const live = variants.map((variant) => ({ key: variant.id, name: variant.name, version: variant.version, variant, stats: stats.find((each) => each.variant === variant.name && each.version === variant.version) ?? null }));
  const gone = stats
    .filter((each) => !variants.some((variant) => variant.name === each.variant && variant.version === each.version))
    .map((each) => ({ key: `${each.variant} ${each.version}`, name: each.variant, version: each.version, variant: null, stats: each }));
  return (
    <Table label="Variants">
      <thead>
        <tr>
          <Th>Variant</Th>
          <Th numeric>Share now</Th>
          <Th numeric>Replicas ready</Th>
          <Th numeric>Predictions</Th>
          <Th numeric>Units</Th>
          <Th numeric>p50</Th>
          <Th numeric>p95</Th>
          <Th numeric>p99</Th>
          <Th numeric>Errors</Th>
          <Th numeric>Mean score</Th>
        </tr>
      </thead>
      <tbody>
        {[...live, ...gone].map(({ key, name, version, variant, stats: figures }) => (
          <tr key={key}>
            <Td>
              <span className="font-medium">{name}</span> <span className="text-ink-2">v{version}</span>
              {variant === null && <span className="text-ink-3"> earlier</span>}
            </Td>
            <Td numeric>{variant === null ? '–' : `${variant.weight} %`}</Td>
            <Td numeric>{variant === null ? '–' : `${variant.ready} of ${variant.replicas}`}</Td>
            <Td numeric>{formatCount(figures?.rows ?? 0)}</Td>
            <Td numeric>{formatCount(figures?.units ?? 0)}</Td>
            <Td numeric>{figures?.latency ? milliseconds(figures.latency.p50) : '–'}</Td>
            <Td numeric>{figures?.latency ? milliseconds(figures.latency.p95) : '–'}</Td>
            <Td numeric>{figures?.latency ? milliseconds(figures.latency.p99) : '–'}</Td>
            <Td numeric className={figures && figures.errors > 0 ? 'text-failed' : undefined}>
              {figures ? share(figures.errors, figures.rows) : '–'}
            </Td>
            <Td numeric>{figures?.score ? valueText(figures.score.mean) : '–'}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
