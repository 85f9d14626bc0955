'use client';

import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { ZONE_COOKIE } from './zone-cookie';

type Zone = { zone: string; setZone: (zone: string) => void };

const ZoneContext = createContext<Zone>({ zone: 'UTC', setZone: () => undefined });

/** ZoneProvider holds the zone in which every time of the page is shown. */
export function ZoneProvider({ initial, children }: { initial: string; children: ReactNode }) {
  const [zone, set] = useState(initial);
  const setZone = useCallback((next: string) => {
    document.cookie = `${ZONE_COOKIE}=${encodeURIComponent(next)}; path=/; max-age=31536000; samesite=lax`;
    set(next);
  }, []);
  const value = useMemo(() => ({ zone, setZone }), [zone, setZone]);
  return <ZoneContext value={value}>{children}</ZoneContext>;
}

/** useZone returns the chosen zone and the way to change it. */
export const useZone = () => use(ZoneContext);

/** browserZone names the zone of this machine, for example "Europe/Berlin". */
export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
