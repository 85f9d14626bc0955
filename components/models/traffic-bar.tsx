import { cx } from '@/components/ui/class-names';
import { type VariantView } from '@/lib/serving';

const LOOK: Record<string, string> = { stable: 'bg-line-strong', candidate: 'bg-accent', next: 'bg-line-2' };

const percent = (weight: number) => `${weight.toLocaleString('en-US', { maximumFractionDigits: 2 })} %`;

/** TrafficBar draws how calls are divided over the variants. `slim`: the bar alone, for tables. */
export function TrafficBar({ variants, slim = false }: { variants: readonly Pick<VariantView, 'name' | 'version' | 'weight'>[]; slim?: boolean }) {
  const words = variants.map((variant) => `${variant.name} v${variant.version} ${percent(variant.weight)}`).join(', ');
  return (
    <div className="flex flex-col gap-2">
      <div role="img" aria-label={`Traffic: ${words}`} title={words} className={cx('flex overflow-hidden rounded-full bg-sunken', slim ? 'h-1.5' : 'h-3')}>
        {variants
          .filter((variant) => variant.weight > 0)
          .map((variant) => (
            <span key={variant.name} className={cx('h-full transition-[width]', LOOK[variant.name] ?? 'bg-line-strong')} style={{ width: `${variant.weight}%` }} />
          ))}
      </div>
      {!slim && (
        <ul className="flex flex-wrap gap-x-5 gap-y-1 text-12 text-ink-2">
          {variants.map((variant) => (
            <li key={variant.name} className="inline-flex items-center gap-1.5">
              <span aria-hidden className={cx('size-2 rounded-full', LOOK[variant.name] ?? 'bg-line-strong')} />
              <span className="font-medium text-ink">{variant.name}</span> v{variant.version}
              <span className="num">{percent(variant.weight)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
