'use client';

import { Download } from 'lucide-react';
import { saveFile } from '@/components/charts/download';
import { useWorkspace } from '@/components/shell/workspace';
import { Button } from '@/components/ui/button';

/** EvidenceDownload saves the rollout with its evidence and ledger as JSON, as the API gives it. */
export function EvidenceDownload({ id }: { id: string }) {
  const { call } = useWorkspace();
  const save = async () => saveFile(`rollout-${id}.json`, new Blob([JSON.stringify(await call(`/rollouts/${id}`), null, 2)], { type: 'application/json' }));
  return (
    <Button onClick={() => void save()}>
      <Download size={16} aria-hidden />
      Evidence
    </Button>
  );
}
