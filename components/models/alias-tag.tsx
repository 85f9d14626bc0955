import { AtSign } from 'lucide-react';
import { Tag } from '@/components/ui/chip';

/** AliasTag is an alias; `to` names the version where it is not plain. */
export const AliasTag = ({ alias, to, title }: { alias: string; to?: number; title?: string }) => (
  <span title={title}>
    <Tag>
      <AtSign size={10} aria-hidden />
      {alias}
      {to !== undefined && <span className="text-ink-3">v{to}</span>}
    </Tag>
  </span>
);
