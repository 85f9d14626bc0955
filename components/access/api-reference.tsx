import { Logo } from '@/components/shell/logo';
import { ButtonLink } from '@/components/ui/button';
import { Tag } from '@/components/ui/chip';
import { PageBody, PageHead } from '@/components/ui/page-head';
import { Panel, PanelHead } from '@/components/ui/panel';

type Schema = object;
type Operation = {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: object[];
  requestBody?: object;
  responses?: object;
};
type Document = { info: { description?: string }; paths?: object; components?: object };
type Entry = { method: string; path: string; operation: Operation };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** ApiReference lists the calls of an OpenAPI document by subject: what each takes and answers, as JSON Schema. */
export function ApiReference({ document }: { document: Document }) {
  const entries = entriesOf(document);
  const subjects = [...new Set(entries.map((e) => e.operation.tags?.[0] ?? ''))];
  return (
    <>
      <header className="flex h-12 items-center gap-2 border-b border-line px-4 font-semibold sm:px-6">
        <Logo />
        Penstock API
      </header>
      <main>
        <PageHead
          title="API reference"
          sentence={plainText(document.info.description ?? '')}
          actions={<ButtonLink href="/api/v1/openapi.json">OpenAPI 3.1 document</ButtonLink>}
        />
        <PageBody>
          <nav aria-label="Subjects" className="flex flex-wrap gap-x-4">
            {subjects.map((s) => (
              <a key={s} href={`#${s}`} className="py-1 text-accent-text underline-offset-2 hover:underline">
                {s}
              </a>
            ))}
          </nav>
          {subjects.map((s) => (
            <Panel key={s} id={s} aria-label={s}>
              <PanelHead title={s} />
              {entries
                .filter((e) => (e.operation.tags?.[0] ?? '') === s)
                .map((e) => (
                  <Call key={`${e.method} ${e.path}`} {...e} />
                ))}
            </Panel>
          ))}
          <Panel id="shapes">
            <PanelHead title="Shapes" remark="named in the calls above" />
            <Shown
              label="Schemas"
              value={(document.components as { schemas?: Schema } | undefined)?.schemas}
            />
          </Panel>
        </PageBody>
      </main>
    </>
  );
}

function Call({ method, path, operation }: Entry) {
  return (
    <details className="border-b border-line last:border-0">
      <summary className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 hover:bg-hover">
        <Tag className="mono w-14 justify-center">{method.toUpperCase()}</Tag>
        <code className="mono break-all">{path}</code>
        <span className="text-ink-2">{operation.summary}</span>
      </summary>
      <div className="flex flex-col gap-2 px-4 pb-3">
        {operation.description !== undefined && (
          <p className="max-w-[70ch] text-ink-2">{operation.description}</p>
        )}
        <Shown label="Parameters" value={operation.parameters} />
        <Shown label="Body" value={operation.requestBody} />
        <Shown label="Answers" value={operation.responses} />
      </div>
    </details>
  );
}

function Shown({ label, value }: { label: string; value: object | undefined }) {
  if (value === undefined || Object.keys(value).length === 0) return null;
  return (
    <figure>
      <figcaption className="text-12 font-medium text-ink-2">{label}</figcaption>
      <pre tabIndex={0} className="mono overflow-x-auto rounded bg-code p-3 text-ink-2">
        {JSON.stringify(value, null, 2)}
      </pre>
    </figure>
  );
}

const plainText = (markdown: string) => markdown.replaceAll('`', '');

const entriesOf = (document: Document): Entry[] =>
  Object.entries((document.paths ?? {}) as Record<string, Record<string, Operation>>).flatMap(
    ([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method];
        return operation ? [{ method, path, operation }] : [];
      }),
  );
