import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that a test can cut and join again. */
export type Severed = { port: number; cut(): Promise<void>; join(): Promise<void> };

/** severable listens on a port of its own and passes everything on to another one, until it is cut. */
export async function severable(to: { host: string; port: number }): Promise<Severed> {
  const open = new Set<Socket>();
  let server: Server;
  let port = 0;
  const join = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer((near) => {
        const far = connect(to.port, to.host);
        for (const socket of [near, far]) {
          open.add(socket);
          socket.on('close', () => open.delete(socket));
          socket.on('error', () => socket.destroy());
        }
        near.pipe(far);
        far.pipe(near);
        near.on('close', () => far.destroy());
        far.on('close', () => near.destroy());
      });
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as { port: number }).port;
        resolve();
      });
    });
  await join();
  return {
    get port() {
      return port;
    },
    join,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        open.forEach((socket) => socket.destroy());
      }),
  };
}
