'use client';

import { Download, RotateCcw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { writeSpec, type SpecFormat } from '@/components/canvas';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/dialog';
import { Menu, MenuItem } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import type { DraftSpec } from '@/lib/pipeline';
import { restoreAsDraft } from './actions';

/** VersionActions are what can be done with one version: make it the draft, or take it home as a file. */
export function VersionActions({
  workspace,
  slug,
  version,
  spec,
  baseRevision,
  mayWrite,
}: {
  workspace: string;
  slug: string;
  version: number;
  spec: DraftSpec;
  baseRevision: number;
  mayWrite: boolean;
}) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);

  const download = (format: SpecFormat) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([writeSpec(spec, format)], { type: format === 'json' ? 'application/json' : 'application/yaml' }));
    link.download = `${slug}-v${version}.${format}`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const restore = async () => {
    setBusy(true);
    const result = await restoreAsDraft(workspace, { slug, version, baseRevision });
    setBusy(false);
    if (!result.ok) return toast.error(`Version ${version} was not restored`, { description: result.problem.detail ?? result.problem.title });
    toast(`Version ${version} is the draft now`);
    router.push(`/w/${workspace}/pipelines/${slug}/edit`);
  };

  return (
    <span className="flex flex-wrap gap-2">
      <Menu trigger={<Button><Download size={14} aria-hidden /> Download</Button>}>
        <MenuItem onClick={() => download('json')}>As JSON</MenuItem>
        <MenuItem onClick={() => download('yaml')}>As YAML</MenuItem>
      </Menu>
      {mayWrite && (
        <ConfirmDialog
          title={`Make version ${version} the draft?`}
          confirm="Restore as draft"
          busy={busy}
          onConfirm={() => void restore()}
          trigger={<Button busy={busy}><RotateCcw size={14} aria-hidden /> Restore as draft</Button>}
        >
          The draft of today is replaced and stays readable in the audit. Nothing is published: you can look at it, try it and publish it.
        </ConfirmDialog>
      )}
    </span>
  );
}
