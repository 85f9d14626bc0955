/** A replica: one ONNX session in a process of its own, spoken to over a socket. It ends with the supervisor that started it. */
import { createServer, type Socket } from 'node:net';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type FilledTensor } from '../gateway/tensor-data';
import { DATATYPE, ELEMENT } from './elements';
import { joinCalls, splitOutputs, takeBatch } from './batch';
import { type Load, type Loaded, type RunAnswer, type RunRequest } from './protocol';
import { frame, frameReader } from './wire';

type Job = RunRequest & { reply: (answer: RunAnswer) => void };

const LAST_CALLS_MS = 300;

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class Replica {
  private readonly queue: Job[] = [];
  private running = false;

  constructor(
    private readonly session: InferenceSession,
    private readonly load: Load,
  ) {}

  get idle(): boolean {
    return !this.running;
  }

  take(job: Job): void {
    this.queue.push(job);
    if (!this.running) void this.drain();
  }

  private async drain(): Promise<void> {
    this.running = true;
    while (this.queue.length > 0) {
      const jobs = this.queue.splice(0, takeBatch(this.queue, this.load.maxRows));
      await this.runTogether(jobs);
    }
    this.running = false;
  }

  /** One bad call must not fail those it shares a run with: after an error each is run alone, once. */
  private async runTogether(jobs: Job[]): Promise<void> {
    try {
      const parts = splitOutputs(await this.run(joinCalls(jobs)), jobs);
      if (parts) jobs.forEach((job, i) => job.reply({ outputs: parts[i] ?? [] }));
      else await this.runAlone(jobs);
    } catch (error) {
      const [only] = jobs;
      if (only && jobs.length === 1) only.reply({ failed: sentenceOf(error) });
      else await this.runAlone(jobs);
    }
  }

  private async runAlone(jobs: Job[]): Promise<void> {
    for (const job of jobs) {
      await this.run(job).then(
        (outputs) => job.reply({ outputs }),
        (error: unknown) => job.reply({ failed: sentenceOf(error) }),
      );
    }
  }

  private async run(request: RunRequest): Promise<FilledTensor[]> {
    const feeds = Object.fromEntries(request.tensors.map((tensor) => [tensor.name, new Tensor(ELEMENT[tensor.datatype], tensor.data as never, tensor.shape)]));
    const results = await this.session.run(feeds, this.load.outputs);
    return this.load.outputs.flatMap((name) => {
      const value = results[name];
      return value ? [{ name, datatype: DATATYPE[value.type] ?? 'FP32', shape: [...value.dims], data: value.data }] : [];
    });
  }
}

function converse(socket: Socket, replica: Replica): void {
  let corked = false;
  const write = (id: number, answer: RunAnswer) => {
    if (!corked) {
      corked = true;
      socket.cork();
      setImmediate(() => {
        corked = false;
        socket.uncork();
      });
    }
    socket.write(frame(id, answer));
  };
  socket.on('data', frameReader((id, request) => replica.take({ ...(request as RunRequest), reply: (answer) => write(id, answer) })));
  socket.on('error', () => socket.destroy());
}

async function start(load: Load): Promise<void> {
  const started = performance.now();
  const session = await InferenceSession.create(load.file, { intraOpNumThreads: load.threads, interOpNumThreads: 1, logSeverityLevel: 3 });
  const replica = new Replica(session, load);
  const server = createServer((socket) => converse(socket, replica));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(load.socket, resolve));
  // nobody sends calls any more when this comes; the last ones may be on their way
  process.on('SIGTERM', () => setInterval(() => replica.idle && process.exit(0), LAST_CALLS_MS));
  tell({ ready: true, loadMs: Math.round(performance.now() - started) });
}

const tell = (message: Loaded, then: () => void = () => undefined) => process.send?.(message, then);

process.on('disconnect', () => process.exit(0));
process.once('message', (load: Load) => {
  start(load).catch((error: unknown) => tell({ failed: sentenceOf(error) }, () => process.exit(1)));
});
