'use client';

import { ChevronDown, Globe } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { browserZone, useZone } from '@/components/time';
import { buttonStyles } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import { Menu, MenuChoice } from '@/components/ui/menu';

const cityOf = (zone: string) =>
  zone === 'UTC' ? 'UTC' : (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

/** ZoneMenu chooses the zone in which every time is shown. */
export function ZoneMenu() {
  const { zone, setZone } = useZone();
  const router = useRouter();
  const mine = browserZone();
  const options = [
    { value: 'UTC', label: 'UTC' },
    ...(mine === 'UTC' ? [] : [{ value: mine, label: 'Mine', hint: cityOf(mine) }]),
    ...(zone === 'UTC' || zone === mine ? [] : [{ value: zone, label: cityOf(zone) }]),
  ];
  return (
    <Menu
      trigger={
        <button
          type="button"
          className={cx(buttonStyles({ look: 'ghost' }), 'px-2')}
          aria-label={`Times in ${cityOf(zone)}, change`}
        >
          <Globe size={16} aria-hidden />
          <span suppressHydrationWarning>{cityOf(zone)}</span>
          <ChevronDown size={12} aria-hidden />
        </button>
      }
    >
      <MenuChoice
        label="Show times in"
        value={zone}
        onChange={(next) => {
          setZone(next);
          router.refresh();
        }}
        options={options}
      />
    </Menu>
  );
}
