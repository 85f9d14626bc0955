'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useWorkspace } from './workspace';

export type Crumb = { label: string; path?: string };

const CrumbContext = createContext<{
  own: readonly Crumb[] | null;
  setOwn: (own: readonly Crumb[] | null) => void;
}>({
  own: null,
  setOwn: () => undefined,
});

/** CrumbsProvider lets a page say where it stands. */
export function CrumbsProvider({ children }: { children: ReactNode }) {
  const [own, setOwn] = useState<readonly Crumb[] | null>(null);
  const value = useMemo(() => ({ own, setOwn }), [own]);
  return <CrumbContext value={value}>{children}</CrumbContext>;
}

/** SetCrumbs replaces the crumbs that the address gives, while it stands: `[{label: 'Runs', path: '/runs'}, {label: 'Run 18 Apr'}]`. */
export function SetCrumbs({ items }: { items: readonly Crumb[] }) {
  const { setOwn } = use(CrumbContext);
  const key = JSON.stringify(items);
  useEffect(() => {
    setOwn(JSON.parse(key) as Crumb[]);
    return () => setOwn(null);
  }, [key, setOwn]);
  return null;
}

const WORDS: Record<string, string> = {
  pipelines: 'Pipelines',
  runs: 'Runs',
  files: 'Files',
  grid: 'Grid',
  gantt: 'Gantt',
  durations: 'Durations',
  backfill: 'Backfill',
  backfills: 'Backfills',
  calendars: 'Calendars',
  events: 'Events',
  schedules: 'Schedules',
  datasets: 'Datasets',
  rollouts: 'Rollouts',
  approvals: 'Approvals',
  monitoring: 'Monitoring',
  templates: 'Templates',
  audit: 'Audit',
  settings: 'Settings',
  operate: 'Operate',
  cluster: 'Cluster',
  queue: 'Queue',
  models: 'Registry',
  endpoints: 'Endpoints',
  edit: 'Editor',
  versions: 'Versions',
  members: 'Members',
  tokens: 'Tokens',
  secrets: 'Secrets',
  channels: 'Channels',
  connections: 'Connections',
  variables: 'Variables',
};

/** crumbsOf names the parts of an address inside a workspace: "/pipelines/late/edit" → Pipelines, late, Editor. */
export function crumbsOf(inside: string): Crumb[] {
  const parts = inside.split('/').filter((p) => p !== '');
  if (parts.length === 0) return [{ label: 'Home', path: '' }];
  return parts.map((part, i) => {
    // The second part of pipelines, runs and datasets is a name, never a word of ours.
    const isName = i === 1 && parts[0] !== 'settings' && parts[0] !== 'operate';
    const label = isName ? decodeURIComponent(part) : (WORDS[part] ?? decodeURIComponent(part));
    const path =
      i === 0 && parts[0] === 'settings' ? '/settings/members' : i === 0 && parts[0] === 'operate' ? '/operate/queue' : `/${parts.slice(0, i + 1).join('/')}`;
    return { label: label.length === 36 ? label.slice(0, 8) : label, path };
  });
}

/** useCrumbs returns where the open page stands. */
export function useCrumbs(): readonly Crumb[] {
  const { own } = use(CrumbContext);
  const { slug } = useWorkspace();
  const pathname = usePathname();
  return own ?? crumbsOf(pathname.slice(`/w/${slug}`.length));
}

/** Crumbs draws the path to the open page; its last part is the page. */
export function Crumbs() {
  const { href } = useWorkspace();
  const crumbs = useCrumbs();
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex items-center gap-2 whitespace-nowrap text-ink-2">
        {crumbs.map((crumb, i) => {
          const last = i === crumbs.length - 1;
          return (
            <li key={`${i} ${crumb.label}`} className="flex min-w-0 items-center gap-2 last:shrink">
              {i > 0 && <ChevronRight size={12} aria-hidden className="text-ink-3" />}
              {last || crumb.path === undefined ? (
                <span aria-current={last ? 'page' : undefined} className="truncate font-medium text-ink">
                  {crumb.label}
                </span>
              ) : (
                <Link href={href(crumb.path)} className="truncate rounded-tile hover:text-ink">
                  {crumb.label}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
