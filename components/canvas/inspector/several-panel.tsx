'use client';

import { ChevronsDownUp, ChevronsUpDown, Group, Ungroup } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { useDraft, useEditor } from '../editor-context';
import { foldedIn, groupsOf } from '../groups';

/** SeveralPanel stands for several selected nodes: what can be done with all of them, and their group. */
export function SeveralPanel({ ids }: { ids: readonly string[] }) {
  const { acts, readOnly } = useEditor();
  const spec = useDraft((state) => state.spec);
  const groups = groupsOf(spec);
  const names = [...groups].filter(([, members]) => members.some((id) => ids.includes(id))).map(([name]) => name);
  const whole = names.length === 1 && names[0] !== undefined && groups.get(names[0])!.length === ids.length ? names[0] : null;
  return (
    <div className="flex flex-col gap-4 p-4">
      <p className="text-ink-2">{ids.length} nodes selected. Copy, duplicate, delete or drag them together.</p>
      {whole !== null ? (
        <GroupForm key={whole} name={whole} folded={foldedIn(spec).has(whole)} />
      ) : (
        !readOnly && (
          <div>
            <Button onClick={() => acts.group()}>
              <Group size={14} aria-hidden /> Group these nodes <Kbd>G</Kbd>
            </Button>
          </div>
        )
      )}
    </div>
  );
}

function GroupForm({ name, folded }: { name: string; folded: boolean }) {
  const { acts, readOnly } = useEditor();
  const [text, setText] = useState(name);
  return (
    <>
      <div data-field="groupName">
        <Field label="Group">
          <Input
            value={text}
            readOnly={readOnly}
            onChange={(event) => setText(event.target.value)}
            onBlur={() => setText(acts.renameGroup(name, text))}
            onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
          />
        </Field>
      </div>
      {!readOnly && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => acts.setFolded(name, !folded)}>
            {folded ? <ChevronsUpDown size={14} aria-hidden /> : <ChevronsDownUp size={14} aria-hidden />}
            {folded ? 'Unfold' : 'Fold to one node'} <Kbd>F</Kbd>
          </Button>
          <Button onClick={() => acts.ungroup()}>
            <Ungroup size={14} aria-hidden /> Ungroup <Kbd>⇧G</Kbd>
          </Button>
        </div>
      )}
    </>
  );
}
