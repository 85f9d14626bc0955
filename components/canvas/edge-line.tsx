'use client';

import { memo } from 'react';
import { getSmoothStepPath, getStraightPath, type EdgeProps } from './flow';
import { useMark } from './marks';
import type { TaskEdge } from './spec-to-flow';
import { useFar } from './view';
import { count } from './words';

const CHECK = 'M10 1.5c1.2 1 2.6 1.6 4 1.6v5c0 3.6-2.4 5.7-5.6 6.9a1.3 1.3 0 0 1-.8 0C4.4 13.8 2 11.7 2 8.1v-5c1.4 0 2.8-.6 4-1.6a3.1 3.1 0 0 1 4 0z';

/** EdgeLine is one edge: a hairline, and in its middle how many rows flowed, with a shield where a check stands. */
export const EdgeLine = memo(function EdgeLine({ source, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps<TaskEdge>) {
  const far = useFar();
  const rows = useMark(source)?.rows;
  if (far) return <path className="react-flow__edge-path cv-edge" d={getStraightPath({ sourceX, sourceY, targetX, targetY })[0]} fill="none" />;
  const [path, labelX, labelY] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 6, offset: 4 });
  const orderOnly = data?.edge.data === false;
  const text = rows !== undefined && !orderOnly ? count(rows) : (data?.caption ?? '');
  return (
    <>
      <path className="react-flow__edge-path cv-edge" data-order={orderOnly || undefined} d={path} fill="none" />
      <path className="react-flow__edge-interaction" d={path} fill="none" strokeOpacity={0} strokeWidth={24} />
      {(text !== '' || data?.checked) && <Label x={labelX} y={labelY} text={text} checked={data?.checked ?? false} />}
    </>
  );
});

function Label({ x, y, text, checked }: { x: number; y: number; text: string; checked: boolean }) {
  const width = text === '' ? 22 : text.length * 7 + 12 + (checked ? 16 : 0);
  return (
    <g transform={`translate(${x - width / 2} ${y - 9})`} className="cv-label" data-checked={checked || undefined}>
      <rect width={width} height={18} rx={9} />
      {checked && <path d={CHECK} transform="translate(5 3) scale(0.75)" className="cv-shield" />}
      {text !== '' && (
        <text x={checked ? width / 2 + 8 : width / 2} y={13} textAnchor="middle">
          {text}
        </text>
      )}
    </g>
  );
}
