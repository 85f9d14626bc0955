import Link from 'next/link';
import { formatCount } from '@/components/time';
import { type DriftReport } from '@/lib/drift';

/** ReferenceLine says what windows are compared with, and where that comes from. */
export function ReferenceLine({ reference, home }: { reference: DriftReport['reference']; home: string }) {
  const { source } = reference;
  if (!source) return null;
  return (
    <p className="text-12 text-ink-2">
      Compared with {formatCount(reference.rows)} training rows of{' '}
      {'dataset' in source ? (
        <Link href={`${home}/datasets/${source.dataset}?version=${source.version}`} className="rounded-tile underline decoration-line-strong underline-offset-2 hover:text-ink">
          {source.dataset} v{source.version}
        </Link>
      ) : (
        <span className="mono">{source.file}</span>
      )}
      , frozen when the version was registered. Days, weeks and months are of UTC.
    </p>
  );
}
