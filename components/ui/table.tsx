import type { ComponentProps, ReactNode } from 'react';
import { cx } from './class-names';
import { ScrollX } from './scroll-x';

/** Table is a real table that scrolls sideways inside its panel; `label` names it. `dense` gives 28 px rows. */
export function Table({
  label,
  dense = false,
  className,
  children,
  ...props
}: ComponentProps<'table'> & { label: string; dense?: boolean; children: ReactNode }) {
  return (
    <ScrollX label={label}>
      <table aria-label={label} className={cx('table', dense && 'dense', className)} {...props}>
        {children}
      </table>
    </ScrollX>
  );
}

/** Th is a column head; `numeric` puts it right, over right-aligned numbers. */
export const Th = ({
  numeric = false,
  className,
  ...props
}: ComponentProps<'th'> & { numeric?: boolean }) => (
  <th scope="col" className={cx(numeric && 'right', className)} {...props} />
);

/** Td is a cell; `numeric` puts it right in tabular figures. */
export const Td = ({
  numeric = false,
  className,
  ...props
}: ComponentProps<'td'> & { numeric?: boolean }) => (
  <td className={cx(numeric && 'right num', className)} {...props} />
);
