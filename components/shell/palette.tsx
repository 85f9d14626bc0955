'use client';

import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { Command as Cmdk } from 'cmdk';
import { Search, Workflow } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useState, type ReactNode } from 'react';
import { StateIcon } from '@/components/state';
import { Time } from '@/components/time';
import { Kbd } from '@/components/ui/kbd';
import { useAllCommands } from './commands';
import { keyLabel } from './hotkeys';
import { useMac } from './use-mac';
import { useWorkspace } from './workspace';

type PipelineItem = { slug: string; name: string };
type RunItem = { id: string; pipeline: string; state: string; createdAt: string };

const heading =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3';

function Row({
  value,
  words,
  onSelect,
  children,
}: {
  value: string;
  words?: string[];
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Cmdk.Item value={value} keywords={words} onSelect={onSelect} className="float-item">
      {children}
    </Cmdk.Item>
  );
}

/** Palette finds pages, pipelines and runs, and runs commands, all by typing. */
export function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(o) => onOpenChange(o)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[oklch(0.2_0.02_250/0.35)] transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="float fixed inset-x-2 top-2 z-50 flex max-h-[80dvh] flex-col overflow-hidden rounded-lg sm:inset-x-auto sm:top-[12vh] sm:left-1/2 sm:w-[560px] sm:-translate-x-1/2">
          <Dialog.Title className="sr-only">Search or run a command</Dialog.Title>
          <PaletteBody close={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const router = useRouter();
  const mac = useMac();
  const { slug, href, call } = useWorkspace();
  const commands = useAllCommands().filter((c) => c.sheetOnly !== true);
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const pipelines = useQuery({
    queryKey: [slug, 'pipeline', 'palette', q],
    queryFn: ({ signal }) =>
      call<{ items: PipelineItem[] }>('/pipelines', { query: { q, limit: 8 }, signal }),
    placeholderData: (previous) => previous,
  });
  const runs = useQuery({
    queryKey: [slug, 'run', 'palette', q],
    queryFn: ({ signal }) => call<{ items: RunItem[] }>('/runs', { query: { q, limit: 5 }, signal }),
    placeholderData: (previous) => previous,
  });
  const go = (path: string) => {
    close();
    router.push(href(path));
  };
  const groups = [...new Set(commands.map((c) => c.group))];
  return (
    <Cmdk label="Search or run a command" loop className="flex min-h-0 flex-col">
      <div className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-3">
        <Search size={16} aria-hidden className="text-ink-3" />
        <Cmdk.Input
          value={text}
          onValueChange={setText}
          placeholder="Search or run a command"
          className="h-full min-w-0 flex-1 bg-transparent text-14 outline-none placeholder:text-ink-3 coarse:text-16"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Cmdk.List className="min-h-0 flex-1 overflow-y-auto p-1">
        <Cmdk.Empty className="px-3 py-8 text-center text-ink-2">
          Nothing here is called that. Try a pipeline&rsquo;s name, a run&rsquo;s state, or a verb such as
          &ldquo;new&rdquo;.
        </Cmdk.Empty>
        {(pipelines.data?.items.length ?? 0) > 0 && (
          <Cmdk.Group heading="Pipelines" className={heading}>
            {pipelines.data?.items.map((p) => (
              <Row
                key={p.slug}
                value={`pipeline ${p.slug} ${p.name}`}
                onSelect={() => go(`/pipelines/${p.slug}`)}
              >
                <Workflow size={16} aria-hidden />
                <span className="truncate">{p.name}</span>
                {p.name !== p.slug && <span className="mono truncate text-ink-3">{p.slug}</span>}
              </Row>
            ))}
          </Cmdk.Group>
        )}
        {groups.map((group) => (
          <Cmdk.Group key={group} heading={group} className={heading}>
            {commands
              .filter((c) => c.group === group && c.id !== 'palette')
              .map((c) => (
                <Row
                  key={c.id}
                  value={`${c.group} ${c.label}`}
                  words={c.words?.split(' ')}
                  onSelect={() => {
                    close();
                    c.run();
                  }}
                >
                  {c.icon}
                  <span className="truncate">{c.label}</span>
                  {c.keys !== undefined && <Kbd className="ml-auto">{keyLabel(c.keys, mac)}</Kbd>}
                </Row>
              ))}
          </Cmdk.Group>
        ))}
        {(runs.data?.items.length ?? 0) > 0 && (
          <Cmdk.Group heading="Runs" className={heading}>
            {runs.data?.items.map((r) => (
              <Row
                key={r.id}
                value={`run ${r.pipeline} ${r.state} ${r.id}`}
                onSelect={() => go(`/runs/${r.id}`)}
              >
                <StateIcon state={r.state} />
                <span className="truncate">{r.pipeline}</span>
                <Time at={r.createdAt} className="ml-auto text-12 text-ink-3" />
              </Row>
            ))}
          </Cmdk.Group>
        )}
      </Cmdk.List>
    </Cmdk>
  );
}
