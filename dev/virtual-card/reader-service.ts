import { spawn } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

const daemonFile = '/usr/sbin/pcscd';
const driverFile = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';

/** The Debian packages without which there is no virtual reader. */
export const readerPackages = ['pcscd', 'vsmartcard-vpcd', 'opensc-pkcs11'] as const;

/** Where Debian's `opensc-pkcs11` puts the module. */
export const openScModuleFile = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';

/** What is not installed, by package; empty when a virtual card can work here. */
export function missingReaderPackages(): readonly string[] {
  const files = [daemonFile, driverFile, openScModuleFile];
  return readerPackages.filter((_, i) => !existsSync(files[i] ?? ''));
}

function listen(server: Server, where: string | number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => resolve());
  });
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  return address.port;
}

/** Two neighbouring free ports: vpcd opens the one it is told and the next. */
async function freePortPair(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const first = createServer();
    const second = createServer();
    await listen(first, 0);
    const port = portOf(first);
    const isPair = await listen(second, port + 1).then(
      () => true,
      () => false,
    );
    if (isPair) await close(second);
    await close(first);
    if (isPair) return port;
  }
  throw new Error('no two neighbouring free ports');
}

/** The descriptor of a listening server: pcscd takes it over as systemd would hand it over. */
function descriptorOf(server: Server): number {
  const { _handle: handle } = server as unknown as { readonly _handle: { readonly fd: number } };
  return handle.fd;
}

export type ReaderService = {
  /** For `PCSCLITE_CSOCK_NAME` of whoever is to see these readers. */
  readonly socketFile: string;
  /** One for each slot of the reader. */
  readonly ports: readonly [number, number];
  stop(): void;
};

/** Looks into the kernel's table instead of connecting: to vpcd a connection is a card. */
async function waitForPort(port: number): Promise<void> {
  const listening = `:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (readFileSync('/proc/net/tcp', 'latin1').includes(listening)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the virtual reader did not open its ports');
}

/**
 * Starts a smart-card service of our own with one virtual reader of two slots: its socket lies in `directory`, so that it
 * neither needs root nor meets the machine's own service, its readers and its users.
 */
export async function startReaderService(directory: string): Promise<ReaderService> {
  const readers = join(directory, 'readers');
  mkdirSync(readers, { recursive: true });
  const port = await freePortPair();
  const channel = `0x${port.toString(16).toUpperCase()}`;
  const lines = [
    'FRIENDLYNAME "Virtual reader"',
    `DEVICENAME /dev/null:${channel}`,
    `LIBPATH ${driverFile}`,
    `CHANNELID ${channel}`,
    '',
  ];
  writeFileSync(join(readers, 'vpcd'), lines.join('\n'));

  const boundFile = join(directory, 'bound.socket');
  const socketFile = join(directory, 'pcscd.socket');
  for (const file of [boundFile, socketFile]) rmSync(file, { force: true });
  const server = createServer();
  await listen(server, boundFile);
  // Closing the server here removes the name that it was bound to; the second name stays for the daemon.
  linkSync(boundFile, socketFile);
  // Who may use the reader is decided by who may enter the folder.
  chmodSync(socketFile, 0o666);
  // `-x`: if this process dies without a word, the daemon leaves after a minute without users.
  const script = `LISTEN_PID=$$ LISTEN_FDS=1 exec ${daemonFile} --foreground --critical --auto-exit --config "$1"`;
  const daemon = spawn('/bin/sh', ['-c', script, 'sh', readers], {
    stdio: ['ignore', 'ignore', 'ignore', descriptorOf(server)],
  });
  await new Promise((resolve, reject) => {
    daemon.once('spawn', resolve);
    daemon.once('error', reject);
  });
  await close(server);
  await waitForPort(port + 1);
  return {
    socketFile,
    ports: [port, port + 1],
    stop() {
      daemon.kill('SIGKILL');
      rmSync(socketFile, { force: true });
    },
  };
}
