'use client';

import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';
import { useAllCommands } from './commands';
import { keyLabel } from './hotkeys';
import { useMac } from './use-mac';

/** ShortcutSheet lists every key that works on this page. */
export function ShortcutSheet({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const mac = useMac();
  const commands = useAllCommands().filter((c) => c.keys !== undefined);
  const groups = [...new Set(commands.map((c) => c.group))];
  return (
    <Dialog title="Keys on this page" open={open} onOpenChange={onOpenChange}>
      <div className="grid gap-x-8 gap-y-4 pb-4 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group}>
            <h3 className="pb-1 text-12 font-medium text-ink-3">{group}</h3>
            <ul>
              {commands
                .filter((c) => c.group === group)
                .map((c) => (
                  <li key={c.id} className="flex min-h-7 items-center justify-between gap-4">
                    <span>{c.label}</span>
                    <Kbd>{keyLabel(c.keys ?? '', mac)}</Kbd>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
