'use client';

import { useContext, useEffect, useMemo, useRef, type PointerEvent } from 'react';
import type { Point } from './graph';
import { NODE } from './layout';
import { ViewContext } from './view';

const WIDTH = 116;
const HEIGHT = 84;
const PAD = 6;

/**
 * Minimap draws every card as a rectangle on one canvas element and moves one outline while panning, so its cost does not
 * grow with the pipeline. Clicking or dragging in it moves the view: `onLook` gets the point of the drawing, px.
 */
export function Minimap({
  positions,
  selected,
  size,
  onLook,
}: {
  positions: ReadonlyMap<string, Point>;
  selected: readonly string[];
  /** of the canvas on screen, px */
  size: () => { width: number; height: number };
  onLook: (point: Point) => void;
}) {
  const store = useContext(ViewContext);
  const sheet = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLSpanElement>(null);
  const bounds = useMemo(() => boundsOf(positions), [positions]);

  useEffect(() => {
    const canvas = sheet.current;
    const pen = canvas?.getContext('2d');
    if (!canvas || !pen) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = WIDTH * ratio;
    canvas.height = HEIGHT * ratio;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(canvas);
    const chosen = new Set(selected);
    for (const [id, point] of positions) {
      pen.fillStyle = style.getPropertyValue(chosen.has(id) ? '--accent' : '--border-strong');
      pen.fillRect(
        bounds.left + point.x * bounds.scale,
        bounds.top + point.y * bounds.scale,
        Math.max(2, NODE.width * bounds.scale),
        Math.max(1.5, NODE.height * bounds.scale),
      );
    }
  }, [positions, selected, bounds]);

  useEffect(() => {
    const move = () => {
      const view = store.get();
      const box = size();
      if (!frame.current) return;
      const scale = bounds.scale / view.zoom;
      frame.current.style.transform = `translate(${bounds.left - view.x * scale}px, ${bounds.top - view.y * scale}px)`;
      frame.current.style.width = `${box.width * scale}px`;
      frame.current.style.height = `${box.height * scale}px`;
    };
    move();
    return store.subscribe(move);
  }, [store, bounds, size]);

  const look = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    onLook({ x: (event.clientX - box.left - bounds.left) / bounds.scale, y: (event.clientY - box.top - bounds.top) / bounds.scale });
  };

  return (
    <div className="cv-map" style={{ width: WIDTH, height: HEIGHT }} onPointerDown={look} onPointerMove={look} aria-hidden>
      <canvas ref={sheet} style={{ width: WIDTH, height: HEIGHT, display: 'block' }} />
      <span ref={frame} />
    </div>
  );
}

/** boundsOf fits all cards into the map: `scale` map px a drawing px, `left` and `top` where the drawing's origin lies. */
function boundsOf(positions: ReadonlyMap<string, Point>) {
  let [minX, minY, maxX, maxY] = [0, 0, NODE.width, NODE.height];
  let first = true;
  for (const { x, y } of positions.values()) {
    if (first) [minX, minY, maxX, maxY, first] = [x, y, x + NODE.width, y + NODE.height, false];
    else [minX, minY, maxX, maxY] = [Math.min(minX, x), Math.min(minY, y), Math.max(maxX, x + NODE.width), Math.max(maxY, y + NODE.height)];
  }
  const scale = Math.min((WIDTH - 2 * PAD) / (maxX - minX), (HEIGHT - 2 * PAD) / (maxY - minY), 0.2);
  return {
    scale,
    left: (WIDTH - (maxX - minX) * scale) / 2 - minX * scale,
    top: (HEIGHT - (maxY - minY) * scale) / 2 - minY * scale,
  };
}
