'use client';

import { Keyboard, MoonStar, PanelLeft, Search, Sun } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { useState, type ReactNode } from 'react';
import { LiveProvider } from '@/components/live';
import { browserZone, useZone, ZoneProvider } from '@/components/time';
import { CommandsProvider, useCommands, type Command } from './commands';
import { CrumbsProvider } from './crumbs';
import { NAV } from './nav';
import { Palette } from './palette';
import { Rail } from './rail';
import { RAIL_COOKIE } from './rail-cookie';
import { useRunning } from './running-now';
import { ShortcutSheet } from './shortcuts';
import { TopBar } from './top-bar';
import { useWorkspace, WorkspaceProvider, type WorkspaceView } from './workspace';

/** Shell stands around every page of a workspace: rail, top bar, commands, live events. */
export function Shell({
  view,
  zone,
  folded,
  children,
}: {
  view: WorkspaceView;
  zone: string;
  folded: boolean;
  children: ReactNode;
}) {
  return (
    <WorkspaceProvider value={view}>
      <ZoneProvider initial={zone}>
        <LiveProvider workspace={view.slug}>
          <CommandsProvider>
            <CrumbsProvider>
              <Frame initiallyFolded={folded}>{children}</Frame>
            </CrumbsProvider>
          </CommandsProvider>
        </LiveProvider>
      </ZoneProvider>
    </WorkspaceProvider>
  );
}

function Frame({ initiallyFolded, children }: { initiallyFolded: boolean; children: ReactNode }) {
  const pathname = usePathname();
  const [chosen, setChosen] = useState(initiallyFolded);
  const [unfoldedHere, setUnfoldedHere] = useState<string | null>(null);
  const [searching, setSearching] = useState(false);
  const [sheet, setSheet] = useState(false);
  const { data: running } = useRunning();
  const counts = { '/runs': running?.length };
  // The canvas needs the room: the editor opens folded, whatever was chosen elsewhere.
  const inEditor = pathname.endsWith('/edit');
  const folded = inEditor ? unfoldedHere !== pathname : chosen;
  const fold = (next: boolean) => {
    if (inEditor) return setUnfoldedHere(next ? null : pathname);
    setChosen(next);
    document.cookie = `${RAIL_COOKIE}=${next ? 'folded' : 'open'}; path=/; max-age=31536000; samesite=lax`;
  };
  useShellCommands({
    search: () => setSearching(true),
    shortcuts: () => setSheet(true),
    fold: () => fold(!folded),
  });
  return (
    <div className="flex h-dvh overflow-hidden">
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded focus:bg-surface focus:px-3 focus:py-1.5 focus:shadow-float"
      >
        Skip to the page
      </a>
      <Rail folded={folded} onFold={fold} counts={counts} />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar onSearch={() => setSearching(true)} onShortcuts={() => setSheet(true)} counts={counts} />
        <main id="page" tabIndex={-1} className="relative flex min-h-0 flex-1 flex-col overflow-y-auto outline-none">
          {children}
        </main>
      </div>
      <Palette open={searching} onOpenChange={setSearching} />
      <ShortcutSheet open={sheet} onOpenChange={setSheet} />
    </div>
  );
}

function useShellCommands(act: { search: () => void; shortcuts: () => void; fold: () => void }) {
  const router = useRouter();
  const { href, can } = useWorkspace();
  const { resolvedTheme, setTheme } = useTheme();
  const { zone, setZone } = useZone();
  const dark = resolvedTheme === 'dark';
  const pages: Command[] = NAV.flatMap((g) => g.items)
    .filter((i) => can(i.needs))
    .map((i) => ({
      id: `go ${i.label}`,
      label: i.label,
      group: 'Go to',
      keys: `g ${i.go}`,
      icon: <i.Icon size={16} aria-hidden />,
      run: () => router.push(href(i.path)),
    }));
  useCommands('shell', [
    ...pages,
    {
      id: 'palette',
      label: 'Search or run a command',
      group: 'Look',
      keys: 'mod+k',
      whileTyping: true,
      icon: <Search size={16} />,
      run: act.search,
    },
    {
      id: 'shortcuts',
      label: 'Keys on this page',
      group: 'Look',
      keys: '?',
      icon: <Keyboard size={16} />,
      run: act.shortcuts,
    },
    {
      id: 'fold',
      label: 'Fold or open the rail',
      group: 'Look',
      keys: '[',
      icon: <PanelLeft size={16} />,
      run: act.fold,
    },
    {
      id: 'theme',
      label: dark ? 'Light theme' : 'Dark theme',
      group: 'Look',
      words: 'color mode appearance',
      icon: dark ? <Sun size={16} /> : <MoonStar size={16} />,
      run: () => setTheme(dark ? 'light' : 'dark'),
    },
    {
      id: 'zone',
      label: zone === 'UTC' ? 'Show times in my zone' : 'Show times in UTC',
      group: 'Look',
      run: () => {
        setZone(zone === 'UTC' ? browserZone() : 'UTC');
        router.refresh();
      },
    },
  ]);
}
