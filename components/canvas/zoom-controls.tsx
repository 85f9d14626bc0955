'use client';

import { AlignVerticalDistributeCenter, Maximize, Minus, Plus, StickyNote } from 'lucide-react';
import { IconButton } from '@/components/ui/icon-button';
import { useZoomPercent } from './view';

/** ZoomControls stand at the bottom left: closer, farther, fit, and where the drawing may be changed tidy and notes. */
export function ZoomControls({
  onZoom,
  onFit,
  onTidy,
  onNote,
}: {
  onZoom: (step: 1 | -1) => void;
  onFit: () => void;
  onTidy?: () => void;
  onNote?: () => void;
}) {
  const percent = useZoomPercent();
  const look = 'rounded-none border-0 h-[30px] w-[30px]';
  return (
    <div className="cv-controls" role="group" aria-label="Zoom">
      <IconButton label="Zoom out" keys="-" className={look} onClick={() => onZoom(-1)}>
        <Minus size={14} aria-hidden />
      </IconButton>
      <span className="num w-11 text-center text-12">{percent} %</span>
      <IconButton label="Zoom in" keys="+" className={look} onClick={() => onZoom(1)}>
        <Plus size={14} aria-hidden />
      </IconButton>
      <span className="h-4 w-px bg-line" />
      <IconButton label="Fit" keys="1" className={look} onClick={onFit}>
        <Maximize size={14} aria-hidden />
      </IconButton>
      {onTidy && (
        <IconButton label="Tidy" keys="T" className={look} onClick={onTidy}>
          <AlignVerticalDistributeCenter size={14} aria-hidden />
        </IconButton>
      )}
      {onNote && (
        <IconButton label="Add a note" keys="N" className={look} onClick={onNote}>
          <StickyNote size={14} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
