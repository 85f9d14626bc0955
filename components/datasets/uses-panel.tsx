import { ArrowDownToLine, ArrowUpFromLine } from 'lucide-react';
import Link from 'next/link';
import type { TaskReference } from '@/lib/datasets';

function List({
  title,
  hint,
  uses,
  home,
  out,
}: {
  title: string;
  hint: string;
  uses: readonly TaskReference[];
  home: string;
  out: boolean;
}) {
  const Icon = out ? ArrowUpFromLine : ArrowDownToLine;
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <h3 className="text-12 font-medium text-ink-3">{title}</h3>
      {uses.length === 0 && <p className="text-ink-2">{hint}</p>}
      <ul>
        {uses.map((u) => (
          <li key={`${u.pipeline} ${u.task}`} className="flex min-h-7 items-center gap-2">
            <Icon size={14} aria-hidden className="text-ink-3" />
            <Link
              href={`${home}/pipelines/${u.pipeline}`}
              className="truncate rounded-tile font-medium hover:underline"
            >
              {u.pipeline}
            </Link>
            <span className="mono truncate text-ink-3">{u.task}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** UsesPanel names the tasks that write a dataset and those that read it. */
export const UsesPanel = ({
  writers,
  readers,
  home,
}: {
  writers: readonly TaskReference[];
  readers: readonly TaskReference[];
  home: string;
}) => (
  <div className="flex flex-col gap-6 p-4 sm:flex-row">
    <List title="Written by" hint="No published task writes it now." uses={writers} home={home} out={false} />
    <List
      title="Read by"
      hint="Nothing reads it yet. A task reads it with “reads” or a source of kind dataset."
      uses={readers}
      home={home}
      out
    />
  </div>
);
