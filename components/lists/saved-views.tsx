'use client';

import { Bookmark, Trash2 } from 'lucide-react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Button, buttonStyles } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Popover } from '@/components/ui/popover';
import { searchOfView, viewsOf, withView, type SavedView } from './views';
import { useKept } from './use-kept';

/** SavedViews names the filters of the address and brings them back; kept for this person in this browser. */
export function SavedViews({ list }: { list: string }) {
  const router = useRouter();
  const pathname = usePathname();
  const search = searchOfView(useSearchParams().toString());
  const [views, setViews] = useKept<SavedView[]>(`views.${list}`, viewsOf);
  const [open, setOpen] = useState(false);
  const [naming, setNaming] = useState(false);
  const current = views.find((v) => v.search === search);
  const show = (view: SavedView) => {
    setOpen(false);
    router.push(view.search === '' ? pathname : `${pathname}?${view.search}`);
  };
  return (
    <>
      <Popover
        title="Views"
        align="end"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button type="button" className={buttonStyles({ size: 'sm', look: 'ghost' })}>
            <Bookmark size={14} aria-hidden />
            <span className={current === undefined ? 'max-sm:sr-only' : 'max-w-32 truncate'}>{current?.name ?? 'Views'}</span>
          </button>
        }
      >
        {views.length === 0 ? (
          <p className="text-12 text-ink-2">A view is a name for the filters that are set. Set some, then save them.</p>
        ) : (
          <ul className="flex flex-col">
            {views.map((view) => (
              <li key={view.name} className="flex items-center gap-1">
                <button
                  type="button"
                  aria-current={view === current ? 'true' : undefined}
                  onClick={() => show(view)}
                  className="min-h-8 min-w-0 flex-1 truncate rounded-dense px-2 text-left hover:bg-hover aria-[current=true]:bg-selected coarse:min-h-11"
                >
                  {view.name}
                </button>
                <IconButton size="sm" label={`Forget ${view.name}`} onClick={() => setViews(views.filter((v) => v !== view))}>
                  <Trash2 size={14} aria-hidden />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        <Button
          size="sm"
          disabled={search === ''}
          onClick={() => {
            setOpen(false);
            setNaming(true);
          }}
        >
          {search === '' ? 'No filter is set' : 'Save this view'}
        </Button>
      </Popover>
      {naming && <NameDialog views={views} onClose={() => setNaming(false)} onName={(name) => setViews(withView(views, { name, search }))} />}
    </>
  );
}

function NameDialog({ views, onClose, onName }: { views: readonly SavedView[]; onClose: () => void; onName: (name: string) => void }) {
  const [name, setName] = useState('');
  const text = name.trim();
  const save = () => {
    onName(text);
    onClose();
  };
  return (
    <Dialog
      title="Save this view"
      description="It keeps the filters and the search as they are now, for you in this browser."
      width="sm"
      open
      onOpenChange={(open) => !open && onClose()}
      footer={
        <Button look="primary" disabled={text === ''} onClick={save}>
          {views.some((v) => v.name === text) ? 'Replace' : 'Save'}
        </Button>
      }
    >
      <Field label="Name">
        <Input value={name} maxLength={60} onChange={(e) => setName(e.target.value)} onKeyDown={(e) => e.key === 'Enter' && text !== '' && save()} />
      </Field>
    </Dialog>
  );
}
