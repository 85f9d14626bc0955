'use client';

import Link from 'next/link';
import { RowKeys } from '@/components/lists/row-keys';
import { useWorkspace } from '@/components/shell/workspace';
import { Time } from '@/components/time';
import { Tag } from '@/components/ui/chip';
import { Table, Td, Th } from '@/components/ui/table';
import { type ModelView } from '@/lib/registry';
import { AliasTag } from './alias-tag';

/** A model with the endpoints that serve it. */
export type ListedModel = ModelView & { live: { endpoint: string; version: number }[] };

/** ModelTable lists models: which version is live where, and what its aliases point at. */
export function ModelTable({ models }: { models: readonly ListedModel[] }) {
  const { href } = useWorkspace();
  return (
    <RowKeys what="model">
      <Table label="Models" className="stack">
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Newest</Th>
            <Th>Live</Th>
            <Th>Aliases</Th>
            <Th>Description</Th>
            <Th>Registered</Th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.name} data-link className="relative">
              <Td className="max-md:order-1">
                <Link
                  href={href(`/models/${model.name}`)}
                  data-row-link
                  className="mono text-14 font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
                >
                  {model.name}
                </Link>
              </Td>
              <Td className="max-md:order-2 max-md:justify-self-end">{model.latestVersion === null ? <span className="text-ink-3">no version yet</span> : <Tag>v{model.latestVersion}</Tag>}</Td>
              <Td className="max-md:order-3 max-md:text-12">
                {model.live.length === 0 ? <span className="text-ink-3">not served</span> : model.live.map(({ endpoint, version }) => `v${version} at ${endpoint}`).join(', ')}
              </Td>
              <Td className="max-md:order-4 max-md:justify-self-end">
                <span className="inline-flex flex-wrap gap-1">
                  {model.aliases.map((alias) => (
                    <AliasTag key={alias.alias} alias={alias.alias} to={alias.version} title={alias.reason} />
                  ))}
                </span>
              </Td>
              <Td className="max-w-72 truncate text-ink-2 max-md:hidden">{model.description}</Td>
              <Td className="text-ink-2 max-md:hidden">
                <Time at={model.createdAt} show="ago" />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </RowKeys>
  );
}
