'use client';

import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import Link from 'next/link';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd';

const popup = 'float max-h-(--available-height) min-w-48 overflow-y-auto p-1 text-14';

/** Menu opens a list of verbs under its trigger. */
export function Menu({
  trigger,
  children,
  align = 'end',
  side = 'bottom',
}: {
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom' | 'left' | 'right';
}) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-50">
          <Base.Popup className={popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** MenuItem is a verb; `keys` shows the key that does the same; `disabled` items say why in `hint`. */
export function MenuItem({
  icon,
  keys,
  hint,
  tone,
  children,
  ...props
}: {
  icon?: ReactNode;
  keys?: string;
  hint?: ReactNode;
  tone?: 'danger';
  children: ReactNode;
  disabled?: boolean;
  onClick?: () => void;
}) {
  return (
    <Base.Item className="float-item" data-tone={tone} {...props}>
      {icon}
      <span className="flex flex-1 flex-col">
        <span>{children}</span>
        {hint !== undefined && <span className="text-12 text-ink-3">{hint}</span>}
      </span>
      {keys !== undefined && <Kbd className="ml-4">{keys}</Kbd>}
    </Base.Item>
  );
}

/** MenuLink is an item that goes somewhere. */
export function MenuLink({ icon, href, children }: { icon?: ReactNode; href: string; children: ReactNode }) {
  return (
    <Base.Item className="float-item" render={<Link href={href} />}>
      {icon}
      <span className="flex-1">{children}</span>
    </Base.Item>
  );
}

/** MenuChoice lets one of a few be chosen in a menu (theme, zone). */
export function MenuChoice<V extends string>({
  label,
  value,
  onChange,
  options,
}: {
  label: string;
  value: V;
  onChange: (value: V) => void;
  options: readonly { value: V; label: string; hint?: string }[];
}) {
  return (
    <Base.RadioGroup value={value} onValueChange={(v: V) => onChange(v)}>
      <Base.Group>
        <Base.GroupLabel className="px-2 pt-2 pb-1 text-12 font-medium text-ink-3">{label}</Base.GroupLabel>
        {options.map((o) => (
          <Base.RadioItem key={o.value} value={o.value} className="float-item" closeOnClick>
            <span className="flex w-4 text-accent-text">
              <Base.RadioItemIndicator>
                <Check size={14} aria-hidden />
              </Base.RadioItemIndicator>
            </span>
            <span className="flex-1">{o.label}</span>
            {o.hint !== undefined && <span className="num ml-4 text-12 text-ink-3">{o.hint}</span>}
          </Base.RadioItem>
        ))}
      </Base.Group>
    </Base.RadioGroup>
  );
}


/** MenuLabel heads a group of items or says who is signed in. */
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <div className="px-2 pt-2 pb-1 text-12 text-ink-3">{children}</div>
);

/** MenuSeparator draws a hairline between groups of items. */
export const MenuSeparator = () => <Base.Separator className="my-1 h-px bg-line" />;
