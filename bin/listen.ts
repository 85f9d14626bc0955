import { createServer, type Server } from 'node:http';

/**
 * listenNear binds a server to the wished port, or the next free one.
 * @param port wished port; 0 lets the system choose
 * @param tries how many ports above it are tried
 * @returns the port it got
 * @throws Error when none is free or the host cannot be bound
 */
export async function listenNear(server: Server, host: string, port: number, tries = 100): Promise<number> {
  for (let candidate = port; ; candidate++) {
    try {
      return await listenOn(server, host, candidate);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const taken = code === 'EADDRINUSE' || code === 'EACCES';
      if (!taken || port === 0 || candidate - port >= tries || candidate >= 65_535) {
        throw new Error(`No port could be opened on ${host} from ${port} on: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
  }
}

/** isFree tells whether a port could be bound now; the system finds one for port 0. */
export async function isFree(host: string, port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await listenOn(probe, host, port);
    await new Promise((resolve) => probe.close(resolve));
    return true;
  } catch {
    return false;
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
