import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line that breaks. What goes through it is TLS, of which it understands nothing. */
export type CuttingProxy = {
  readonly port: number;
  /** Connections that were cut while something was on its way to the server. */
  readonly cuts: number;
  /** Cuts that many connections more, each after so many bytes towards the server as `bytes` says; then lets all through. */
  cutNext(count: number, bytes: () => number): void;
  close(): Promise<void>;
};

export async function openCuttingProxy(target: { readonly port: number }): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let toCut = 0;
  let cuts = 0;
  let chooseBytes = (): number => Number.POSITIVE_INFINITY;
  const server = createServer((near) => {
    const far = connect(target.port, '127.0.0.1');
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    let leftBytes = chooseBytes();
    near.on('data', (chunk: Buffer) => {
      if (toCut <= 0 || chunk.length < leftBytes) {
        leftBytes -= chunk.length;
        far.write(chunk);
        return;
      }
      // In the middle of what is on its way: a part of it arrives and no answer comes back.
      far.write(chunk.subarray(0, leftBytes), end);
      toCut -= 1;
      cuts += 1;
      leftBytes = Number.POSITIVE_INFINITY;
    });
    far.on('data', (chunk: Buffer) => void near.write(chunk));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return cuts;
    },
    cutNext(count, bytes) {
      toCut = count;
      chooseBytes = bytes;
      // Lines that stood before are not spared.
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
