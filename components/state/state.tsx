import type { ReactNode } from 'react';
import { cx } from '@/components/ui/class-names';
import { StateGlyph } from './state-icon';
import { stateClass, stateEntry } from './states';

/** StateChip is icon and word with the state's outline: in heads and table cells. `children` replaces the word. */
export const StateChip = ({
  state,
  children,
  className,
}: {
  state: string;
  children?: ReactNode;
  className?: string;
}) => (
  <span className={cx('st', stateClass(state), className)}>
    <StateGlyph state={state} size={12} />
    {children ?? stateEntry(state).label}
  </span>
);

/** StateTile is a 20 px square: in grids and short lists. States that ask for attention are solid. */
export function StateTile({
  state,
  title,
  className,
}: {
  state: string;
  title?: string;
  className?: string;
}) {
  const { label, attention } = stateEntry(state);
  return (
    <span
      role="img"
      aria-label={title ?? label}
      title={title ?? label}
      className={cx('tile', stateClass(state), attention && 'solid', className)}
    >
      <StateGlyph state={state} size={12} />
    </span>
  );
}

/** StateIcon is the bare icon in the state's colour. Give `label={null}` where the word stands beside it. */
export function StateIcon({
  state,
  size = 14,
  label,
  className,
}: {
  state: string;
  size?: number;
  label?: string | null;
  className?: string;
}) {
  const named =
    label === null
      ? { 'aria-hidden': true }
      : { role: 'img', 'aria-label': label ?? stateEntry(state).label };
  return (
    <span {...named} className={cx('st-ico', stateClass(state), className)}>
      <StateGlyph state={state} size={size} />
    </span>
  );
}

/** stateCard gives the classes of a card in a state: a node of the run graph, a row of attempts. */
export const stateCard = (state: string): string => `state-card ${stateClass(state)}`;
