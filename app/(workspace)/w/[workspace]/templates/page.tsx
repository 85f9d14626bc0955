import { FileWarning } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { NewPipeline } from '@/components/pipelines/new-pipeline';
import { UseTemplate } from '@/components/templates/use-template';
import { plural } from '@/components/time/format';
import { Tag } from '@/components/ui/chip';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel } from '@/components/ui/panel';
import { listFiles } from '@/lib/datasets/server';
import { pageContext } from '@/lib/http/page-context';
import { TEMPLATES, type Template } from '@/lib/pipeline';
import { listPipelines } from '@/lib/pipeline/server';
import { may } from '@/lib/tenancy';

export const metadata: Metadata = { title: 'Templates' };

const NAMED = 6;

/** TemplatesPage offers pipelines that work at once, each a start for one's own. */
export default async function TemplatesPage({ params }: { params: Promise<{ workspace: string }> }) {
  const ctx = await pageContext((await params).workspace);
  const [files, pipelines] = await Promise.all([
    listFiles(ctx, { limit: 1000 }),
    listPipelines(ctx, { limit: 200, archived: 'all' }),
  ]);
  const present = new Set(files.items.map((f) => f.path));
  const taken = new Set(pipelines.items.map((p) => p.slug));
  const mayCreate = may(ctx.role, 'pipeline:write');
  return (
    <>
      <PageHead
        title="Templates"
        sentence="Pipelines that work. Take one, look how it is made, and change it into yours."
        actions={<NewPipeline />}
      />
      <PageBody>
        <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
          {TEMPLATES.map((template) => (
            <li key={template.key} className="flex">
              <Card
                template={template}
                missing={(template.needs.files ?? []).filter((f) => !present.has(f))}
                taken={taken.has(template.key)}
                home={`/w/${ctx.workspace.slug}`}
                mayCreate={mayCreate}
              />
            </li>
          ))}
        </ul>
      </PageBody>
    </>
  );
}

function Card({
  template,
  missing,
  taken,
  home,
  mayCreate,
}: {
  template: Template;
  missing: readonly string[];
  taken: boolean;
  home: string;
  mayCreate: boolean;
}) {
  const { tasks, params } = template.spec;
  return (
    <Panel className="flex w-full flex-col gap-3 p-4">
      <div className="flex items-start justify-between gap-2">
        <h2 className="text-16">{template.name}</h2>
        <span className="flex gap-1">
          {template.tags.map((t) => (
            <Tag key={t}>{t}</Tag>
          ))}
        </span>
      </div>
      <p className="text-ink-2">{template.description}</p>
      <p className="flex flex-wrap items-center gap-1 text-12 text-ink-2" aria-label="Tasks">
        {tasks.slice(0, NAMED).map((task) => (
          <span key={task.id} className="rounded-dense border border-line bg-sunken px-1.5 py-0.5">
            {task.name ?? task.id}
          </span>
        ))}
        {tasks.length > NAMED && <span className="text-ink-3">and {tasks.length - NAMED} more</span>}
      </p>
      {missing.length > 0 && (
        <p className="flex items-start gap-2 text-12 text-warn">
          <FileWarning size={14} aria-hidden />
          <span>
            Needs <span className="mono">{missing.join(', ')}</span>, which this workspace does not have.
            Upload it, or point the source at a file of yours.
          </span>
        </p>
      )}
      <div className="mt-auto flex flex-wrap items-center justify-between gap-2 pt-1">
        <span className="text-12 text-ink-3">
          {plural(tasks.length, 'task')}, {params.length === 0 ? 'no params' : plural(params.length, 'param')}
        </span>
        <span className="flex items-center gap-2">
          {taken && (
            <Link
              href={`${home}/pipelines/${template.key}`}
              className="rounded-tile text-12 text-ink-2 hover:underline"
            >
              Already here
            </Link>
          )}
          {mayCreate && <UseTemplate template={template} taken={taken} />}
        </span>
      </div>
    </Panel>
  );
}
