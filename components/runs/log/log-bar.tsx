'use client';

import {
  ArrowDownToLine,
  ChevronDown,
  ChevronUp,
  Clock,
  Copy,
  Download,
  Search,
  WrapText,
} from 'lucide-react';
import type { RefObject } from 'react';
import { formatCount, plural } from '@/components/time';
import { Button } from '@/components/ui/button';
import { cx } from '@/components/ui/class-names';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';

type Props = {
  field: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  search: { q: string; index: number; count: number | null; busy: boolean };
  onMove: (step: 1 | -1) => void;
  total: number | null;
  firstError: number | null;
  onFirstError: () => void;
  growing: boolean;
  follow: boolean;
  onFollow: (on: boolean) => void;
  wrap: boolean;
  onWrap: (on: boolean) => void;
  times: boolean;
  onTimes: (on: boolean) => void;
  onCopy: () => void;
  onDownload: () => void;
};

function found({ q, index, count, busy }: Props['search']): string {
  if (q === '') return '';
  if (count === null) return busy ? 'searching' : '';
  if (count === 0) return 'no match';
  return index < 0 ? plural(count, 'match', 'matches') : `${formatCount(index + 1)} of ${formatCount(count)}`;
}

/** LogBar holds the search over the whole log, the way to the first error, and how the log is shown. */
export function LogBar(props: Props) {
  const { search, total, firstError } = props;
  const words = found(search);
  return (
    <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b border-line py-1 pr-3 pl-4">
      <span className="flex min-w-0 flex-[1_1_180px] sm:max-w-72">
        <Input
          ref={props.field}
          size="sm"
          type="search"
          aria-label="Search the whole log"
          placeholder="Search the whole log"
          value={props.text}
          onChange={(event) => props.onText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') props.onMove(event.shiftKey ? -1 : 1);
            if (event.key === 'Escape') props.onText('');
          }}
          start={<Search size={14} aria-hidden />}
          end={props.text === '' ? <Kbd className="max-md:hidden">/</Kbd> : undefined}
          className="pl-8"
          autoComplete="off"
          spellCheck={false}
        />
      </span>
      {search.q !== '' && (
        <span className="flex items-center">
          <span role="status" className="num mr-1 text-12 whitespace-nowrap text-ink-2">
            {words}
          </span>
          <IconButton
            label="Previous match"
            keys="⇧ Enter"
            size="sm"
            disabled={!search.count}
            onClick={() => props.onMove(-1)}
          >
            <ChevronUp size={14} aria-hidden />
          </IconButton>
          <IconButton
            label="Next match"
            keys="Enter"
            size="sm"
            disabled={!search.count}
            onClick={() => props.onMove(1)}
          >
            <ChevronDown size={14} aria-hidden />
          </IconButton>
        </span>
      )}
      {firstError !== null && (
        <Button size="sm" onClick={props.onFirstError}>
          <ArrowDownToLine size={12} aria-hidden />
          First error
        </Button>
      )}
      <span className="num text-12 whitespace-nowrap text-ink-2">
        {total === null ? '' : plural(total, 'line')}
      </span>
      <span className="ml-auto flex items-center gap-1">
        {props.growing && (
          <Button
            size="sm"
            aria-pressed={props.follow}
            onClick={() => props.onFollow(!props.follow)}
            className={cx(props.follow && 'bg-selected')}
          >
            <ArrowDownToLine size={12} aria-hidden />
            Follow
          </Button>
        )}
        <IconButton
          label={props.times ? 'Hide times' : 'Show times'}
          size="sm"
          aria-pressed={props.times}
          onClick={() => props.onTimes(!props.times)}
          className={cx('max-sm:hidden', props.times && 'bg-selected')}
        >
          <Clock size={14} aria-hidden />
        </IconButton>
        <IconButton
          label={props.wrap ? 'Do not wrap lines' : 'Wrap lines'}
          size="sm"
          aria-pressed={props.wrap}
          onClick={() => props.onWrap(!props.wrap)}
          className={cx(props.wrap && 'bg-selected')}
        >
          <WrapText size={14} aria-hidden />
        </IconButton>
        <IconButton label="Copy the log" size="sm" onClick={props.onCopy}>
          <Copy size={14} aria-hidden />
        </IconButton>
        <IconButton label="Download the log" size="sm" onClick={props.onDownload}>
          <Download size={14} aria-hidden />
        </IconButton>
      </span>
    </div>
  );
}
