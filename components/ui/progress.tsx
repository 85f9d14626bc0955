import { cx } from './class-names';

/** Progress draws how far something is, 0 to 1, and says it. */
export const Progress = ({
  value,
  label,
  className,
}: {
  value: number;
  label: string;
  className?: string;
}) => {
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className={cx('h-1.5 overflow-hidden rounded-full bg-hover', className)}
    >
      <div
        className="h-full rounded-full bg-running-line transition-[width]"
        style={{ width: `${percent}%` }}
      />
    </div>
  );
};
