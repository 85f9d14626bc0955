import { type Browser, type Page } from '@playwright/test';
import { build } from 'esbuild';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tidy } from '@/components/canvas/layout';
import { compile, draftSpecSchema, specSchema, validate, type DraftSpec } from '@/lib/pipeline';
import { newProduct, remove } from '../e2e/fixtures/built-product';
import { launchBrowser, signedIn, VIEWPORT } from './browser';
import { figure, numberOption, round, type BenchOptions, type BenchResult } from './result';
import { mainThreadTasks, percentile } from './trace';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const WIDTH = 25;

/**
 * canvas opens a pipeline of many nodes in a real browser: milliseconds from the click to the drawn canvas (`openMs`), the 95th
 * percentile of the main thread's tasks while panning and dragging (`taskP95Ms` of all, `busyTaskP95Ms` of those of 1 ms and more, which
 * leaves out the browser's bookkeeping and is what the ratio compares; both from the browser's own trace), the heap after collection before and after a time of panning, and validating and compiling. The floor is bare
 * React Flow with as many nodes and edges at the same places under the same gestures. Options: --nodes (1000), --seconds of
 * panning (30), --repeats (3).
 */
export default async function canvas(options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const nodes = numberOption(options, 'nodes', 1000);
  const seconds = numberOption(options, 'seconds', 30);
  const repeats = numberOption(options, 'repeats', 3);
  const spec = drawing(nodes);
  say(`Starting a product with a pipeline of ${nodes} nodes and ${spec.edges.length} edges …`);
  const product = await newProduct();
  const bare = await serveBare(spec);
  let browser: Browser | undefined;
  try {
    await product.api('POST', '/w/main/pipelines', { slug: 'large', name: 'Large', spec });
    await product.api('POST', '/w/main/pipelines/large/publish', {});
    browser = await launchBrowser();
    const ours: Gestures[] = [];
    const floor: Gestures[] = [];
    const opens: number[] = [];
    let heap = { heapStartMb: 0, heapEndMb: 0 };
    for (let i = 0; i < repeats; i++) {
      const page = await signedIn(browser, product);
      opens.push(await opened(page, `${product.url}/w/main/pipelines/large/edit`));
      ours.push(await gestures(page));
      if (i === repeats - 1) {
        say(`  panning for ${seconds} s …`);
        heap = await heapOverPanning(page, seconds);
      }
      await page.context().close();

      const other = await (await browser.newContext({ viewport: VIEWPORT })).newPage();
      await opened(other, bare.url);
      floor.push(await gestures(other));
      await other.context().close();
      say(`  ${i + 1}/${repeats}: open ${opens.at(-1)} ms, task p95 ${ours.at(-1)?.taskP95Ms} ms (busy ${ours.at(-1)?.busyTaskP95Ms}), bare React Flow ${floor.at(-1)?.taskP95Ms} ms (busy ${floor.at(-1)?.busyTaskP95Ms})`);
    }
    const median = (list: Gestures[], what: keyof Gestures) => figure(list.map((each) => each[what]), 'ms').median;
    const mine = figure(ours.map((each) => each.busyTaskP95Ms), 'ms');
    const theirs = figure(floor.map((each) => each.busyTaskP95Ms), 'ms');
    return {
      repeats,
      ours: {
        ...mine,
        openMs: figure(opens, 'ms').median,
        taskP95Ms: median(ours, 'taskP95Ms'),
        busyTaskP95Ms: mine.median,
        longestTaskMs: Math.max(...ours.map((each) => each.longestTaskMs)),
        ...heap,
        validateCompileMs: validateCompile(spec),
        nodes,
        edges: spec.edges.length,
      },
      floor: { ...theirs, taskP95Ms: median(floor, 'taskP95Ms'), busyTaskP95Ms: theirs.median, longestTaskMs: Math.max(...floor.map((each) => each.longestTaskMs)) },
      rivals: {},
      ratio: round(mine.median / theirs.median),
    };
  } finally {
    await browser?.close();
    bare.server.close();
    await remove(product);
  }
}

/** drawing is a pipeline in layers: every node after the one above it, every third also after a neighbour of that one. */
function drawing(count: number): DraftSpec {
  const id = (i: number) => `n${String(i).padStart(4, '0')}`;
  const kinds = [
    { kind: 'python', config: { script: 'from penstock import log\nlog("here")' } },
    { kind: 'shell', config: { command: 'echo here' } },
    { kind: 'empty', config: {} },
    { kind: 'sql', config: { sql: 'select 1 as one' } },
  ];
  const tasks = Array.from({ length: count }, (_, i) => ({ id: id(i), name: `Step ${i}`, ...kinds[i % kinds.length] }));
  const edges = tasks.flatMap((task, i) =>
    i < WIDTH
      ? []
      : [
          { from: id(i - WIDTH), to: task.id, data: false },
          ...(i % 3 === 0 && i % WIDTH !== 0 ? [{ from: id(i - WIDTH - 1), to: task.id, data: false }] : []),
        ],
  );
  return draftSpecSchema.parse({ schemaVersion: 1, tasks, edges });
}

function validateCompile(draft: DraftSpec): number {
  const spec = specSchema.parse(draft);
  const times: number[] = [];
  for (let i = -3; i < 15; i++) {
    const began = performance.now();
    validate(draft, {});
    compile(spec);
    if (i >= 0) times.push(performance.now() - began);
  }
  return figure(times, 'ms').median;
}

/** opened goes to an address and gives the milliseconds until its cards are painted. */
async function opened(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('.react-flow__node').first().waitFor();
  return Math.round(await page.evaluate(() => new Promise<number>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))));
}

type Gestures = { taskP95Ms: number; busyTaskP95Ms: number; longestTaskMs: number };

/** Below this a task is bookkeeping of the browser, ms. */
const BUSY_MS = 1;
type Point = { x: number; y: number };

/** gestures pans the whole drawing, comes near, pans there and drags one node about, all by mouse, under trace. */
async function gestures(page: Page): Promise<Gestures> {
  const tasks = await mainThreadTasks(page, async () => {
    const middle = await ground(page);
    await drag(page, middle, 2);
    await page.mouse.move(middle.x, middle.y);
    for (let i = 0; i < 12; i++) await page.mouse.wheel(0, -240);
    await frames(page);
    await drag(page, await ground(page), 2);
    await drag(page, await card(page), 2);
  });
  return {
    taskP95Ms: round(percentile(tasks, 0.95)),
    busyTaskP95Ms: round(percentile(tasks.filter((ms) => ms >= BUSY_MS), 0.95)),
    longestTaskMs: round(Math.max(...tasks)),
  };
}

const frames = (page: Page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** drag presses at a point, goes around it `turns` times in circles, and lets go where it began. */
async function drag(page: Page, from: Point, turns: number): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const steps = 60;
  for (let i = 1; i <= turns * steps; i++) {
    const angle = (i / steps) * 2 * Math.PI;
    await page.mouse.move(from.x + 120 * Math.sin(angle), from.y + 90 * (1 - Math.cos(angle)));
  }
  await page.mouse.up();
}

/** ground is a point of the pane without a card or an edge, near its middle. */
const ground = (page: Page) => spot(page, 'react-flow__pane');
/** card is the middle of a card near the middle of what is seen. */
const card = (page: Page) => spot(page, 'react-flow__node');

async function spot(page: Page, kind: string): Promise<Point> {
  const found = await page.evaluate((name) => {
    const box = document.querySelector('.react-flow')?.getBoundingClientRect();
    if (!box) return null;
    for (let away = 0; away < 240; away += 4)
      for (const [dx, dy] of [[0, 1], [1, 0], [0, -1], [-1, 0], [1, 1], [-1, -1]] as const) {
        const point = { x: box.left + box.width / 2 + dx * away, y: box.top + box.height / 2 + dy * away };
        const element = document.elementFromPoint(point.x, point.y);
        if (name === 'react-flow__pane' ? element?.classList.contains(name) : element?.closest(`.${name}`) && !element.closest('.react-flow__handle')) return point;
      }
    return null;
  }, kind);
  if (!found) throw new Error(`Nothing of ${kind} is near the middle of the canvas.`);
  return found;
}

async function heapOverPanning(page: Page, seconds: number): Promise<{ heapStartMb: number; heapEndMb: number }> {
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return round((await session.send('Runtime.getHeapUsage')).usedSize / 1e6);
  };
  const heapStartMb = await heap();
  const from = await ground(page);
  for (const until = performance.now() + seconds * 1000; performance.now() < until; ) await drag(page, from, 4);
  const heapEndMb = await heap();
  await session.detach();
  return { heapStartMb, heapEndMb };
}

/** serveBare serves a page with nothing but React Flow: its default nodes and edges, the same places. */
async function serveBare(spec: DraftSpec): Promise<{ url: string; server: Server }> {
  const places = tidy(spec);
  const flow = {
    nodes: spec.tasks.map((task) => ({ id: task.id, position: places.get(task.id), data: { label: task.name } })),
    edges: spec.edges.map((edge) => ({ id: `${edge.from}-${edge.to}`, source: edge.from, target: edge.to })),
  };
  const made = await build({
    stdin: { contents: BARE, resolveDir: path.join(ROOT, 'bench'), loader: 'tsx' },
    outdir: '/',
    write: false,
    bundle: true,
    minify: true,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  const text = (ending: string) => made.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  const html = `<!doctype html><style>${text('.css')}html,body,#root{height:100%;margin:0}</style><div id="root"></div><script>window.flow=${JSON.stringify(flow)}</script><script>${text('.js').replaceAll('</script', '<\\/script')}</script>`;
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end(html));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

const BARE = `
import { createRoot } from 'react-dom/client';
import { ReactFlow, useEdgesState, useNodesState } from 'reactflow';
import 'reactflow/dist/style.css';
function App() {
  const [nodes, , onNodesChange] = useNodesState(window.flow.nodes);
  const [edges, , onEdgesChange] = useEdgesState(window.flow.edges);
  return <ReactFlow nodes={nodes} edges={edges} onNodesChange={onNodesChange} onEdgesChange={onEdgesChange} fitView minZoom={0.05} />;
}
createRoot(document.getElementById('root')).render(<App />);
`;
