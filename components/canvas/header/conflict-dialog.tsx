'use client';

import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { changesOf } from '../changes';
import { useDraft, useEditor } from '../editor-context';
import { ChangeList } from './change-list';

/** ConflictDialog shows both versions of a draft that was saved elsewhere meanwhile, and lets a person choose. */
export function ConflictDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { store } = useEditor();
  const save = useDraft((state) => state.save);
  const spec = useDraft((state) => state.spec);
  const base = useDraft((state) => state.acknowledged);
  if (save.status !== 'conflict') return null;
  const choose = (act: () => void) => {
    act();
    onOpenChange(false);
  };
  return (
    <Dialog
      title="This draft was changed elsewhere"
      description={`${save.theirs.by ?? 'Another tab or person'} saved revision ${save.theirs.revision} while you were editing. Nothing is lost: look at both and choose. The one you leave is kept one undo away, or in this tab.`}
      width="lg"
      open={open}
      onOpenChange={onOpenChange}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Decide later</Button>
          <Button onClick={() => choose(() => store.takeTheirs(Date.now()))}>Take theirs</Button>
          <Button onClick={() => choose(() => store.keepMine())}>Keep mine</Button>
        </>
      }
    >
      <section className="flex flex-col gap-2">
        <h3 className="text-12 font-medium text-ink-2">Your changes</h3>
        <ChangeList changes={changesOf(base, spec)} />
      </section>
      <section className="flex flex-col gap-2">
        <h3 className="text-12 font-medium text-ink-2">Their changes</h3>
        <ChangeList changes={changesOf(base, save.theirs.spec)} />
      </section>
    </Dialog>
  );
}
