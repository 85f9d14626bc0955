'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sentenceOf } from '@/components/api/request';
import { useWorkspace } from '@/components/shell/workspace';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';

/** DeleteEndpoint ends an endpoint after its slug was typed. */
export function DeleteEndpoint({ endpoint }: { endpoint: string }) {
  const router = useRouter();
  const { call, can, href } = useWorkspace();
  const [busy, setBusy] = useState(false);
  if (!can('endpoint:write')) return null;
  const remove = async () => {
    setBusy(true);
    try {
      await call(`/endpoints/${endpoint}`, { method: 'DELETE', query: { confirm: endpoint } });
      router.push(href('/endpoints'));
      router.refresh();
    } catch (error) {
      toast.error(sentenceOf(error));
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      title={`Delete ${endpoint}`}
      confirm={`Delete ${endpoint}`}
      typed={endpoint}
      busy={busy}
      onConfirm={() => void remove()}
      trigger={
        <Button look="danger">
          <Trash2 size={16} aria-hidden />
          Delete
        </Button>
      }
    >
      Programs that call it get 404 at once. Its logged predictions stay.
    </ConfirmDialog>
  );
}
