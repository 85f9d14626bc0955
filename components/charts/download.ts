import type { ReactElement } from 'react';

/** A table behind a chart: what "show as table" and CSV give. */
export type ChartTable = { columns: readonly string[]; rows: readonly (readonly (string | number | null)[])[] };

/** csvOf writes a table as CSV (RFC 4180); null is an empty field. */
export function csvOf({ columns, rows }: ChartTable): string {
  const field = (value: string | number | null) => {
    const text = value === null ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(field).join(',')).join('\r\n') + '\r\n';
}

/** saveFile hands a file to the browser's downloads. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** saveCsv downloads a table. */
export const saveCsv = (name: string, table: ChartTable): void =>
  saveFile(`${name}.csv`, new Blob([csvOf(table)], { type: 'text/csv;charset=utf-8' }));

/**
 * drawn renders a drawing that is not on the page, for a download that shows more than the screen does.
 * @param element gives one svg
 */
export async function drawn(element: ReactElement): Promise<SVGSVGElement | null> {
  const [{ createRoot }, { flushSync }] = await Promise.all([import('react-dom/client'), import('react-dom')]);
  const host = document.createElement('div');
  const root = createRoot(host);
  flushSync(() => root.render(element));
  const svg = host.querySelector('svg')?.cloneNode(true) as SVGSVGElement | undefined;
  root.unmount();
  return svg ?? null;
}

type Picture = { text: string; width: number; height: number };

/** standalone writes a drawing of the page as a file that needs no style sheet: colours resolved, ground and font of its own. */
function standalone(svg: SVGSVGElement): Picture {
  const style = getComputedStyle(document.documentElement);
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const box = svg.getBoundingClientRect();
  const width = Number(copy.getAttribute('width')) || Math.round(box.width);
  const height = Number(copy.getAttribute('height')) || Math.round(box.height);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('font-family', 'Inter, system-ui, sans-serif');
  copy.removeAttribute('style');
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: 'var(--surface)' }))
    ground.setAttribute(name, value);
  copy.prepend(ground);
  const text = new XMLSerializer()
    .serializeToString(copy)
    .replace(/var\((--[\w-]+)\)/g, (_, name: string) => style.getPropertyValue(name).trim().replaceAll('"', "'"));
  return { text, width, height };
}

/** saveSvg downloads a drawing as SVG. */
export const saveSvg = (name: string, svg: SVGSVGElement): void =>
  saveFile(`${name}.svg`, new Blob([standalone(svg).text], { type: 'image/svg+xml' }));

/** No browser paints a larger canvas side than this, in pixels. */
const CANVAS_SIDE = 16_000;

/** savePng downloads a drawing as PNG at twice its size, less where a canvas cannot be that large. */
export async function savePng(name: string, svg: SVGSVGElement): Promise<void> {
  const { text, width, height } = standalone(svg);
  const scale = Math.min(2, CANVAS_SIDE / Math.max(width, height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) saveFile(`${name}.png`, blob);
}
