import { open, readFile, readdir, realpath, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Posture } from '../../core/access/index.ts';
import { deviceUnder, isEncrypted, type KernelFiles } from './disk.ts';
import { parseBaseHeader, parseClamdVersion, parseDpkgLog, parseSystem, remoteControlAmong } from './parse.ts';

/** What a machine says of itself; version and clock are known elsewhere. */
export type MachinePosture = Omit<Posture, 'version' | 'clockDriftMs'>;

/** A part that takes longer is unknown: a start of shift does not wait for a disk that hangs. */
const partMaxMs = 2_000;
const processesMax = 8_192;
/** The log of dpkg is turned monthly; its end says when the last change was. */
const dpkgLogMaxBytes = 1_048_576;
const clamdSockets = ['/run/clamav/clamd.ctl', '/run/clamd.scan/clamd.sock', '/var/run/clamav/clamd.ctl'];
const clamdPrograms = ['/usr/sbin/clamd', '/usr/bin/clamd', '/usr/local/sbin/clamd'];
const clamavBases = ['daily.cld', 'daily.cvd', 'main.cld', 'main.cvd'].map((name) => `/var/lib/clamav/${name}`);
const baseHeaderBytes = 512;
const answerMaxLength = 1_024;

/** Never throws and never lasts: what fails or hangs is unknown. */
async function bounded<T>(part: () => Promise<T | null>): Promise<T | null> {
  const late = sleep(partMaxMs, null, { ref: false });
  return Promise.race([part().catch(() => null), late]);
}

async function readEnd(path: string, maxBytes: number, fromStart = false): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const length = Math.min(size, maxBytes);
      const buffer = Buffer.alloc(length);
      await file.read(buffer, 0, length, fromStart ? 0 : size - length);
      return buffer.toString('latin1');
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

async function patchedAtMs(): Promise<number | null> {
  for (const path of ['/var/log/dpkg.log', '/var/log/dpkg.log.1']) {
    const atMs = parseDpkgLog((await readEnd(path, dpkgLogMaxBytes)) ?? '');
    if (atMs !== null) return atMs;
  }
  // Without its log, the time at which dpkg wrote its state is the best that is left.
  return Math.round((await stat('/var/lib/dpkg/status')).mtimeMs);
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

function askClamd(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(partMaxMs, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => socket.write('zVERSION\0'));
    socket.on('data', (part: string) => {
      text += part;
      if (text.length > answerMaxLength) socket.destroy(new Error('no answer of clamd'));
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text.replaceAll('\0', '')));
  });
}

async function antivirus(): Promise<Posture['antivirus']> {
  for (const path of clamdSockets) if (await exists(path)) return parseClamdVersion(await askClamd(path));
  // An engine that does not run examines nothing; its files say so much, that somebody meant it to.
  const isInstalled = (await Promise.all(clamdPrograms.map(exists))).includes(true);
  if (!isInstalled) return 'none';
  for (const path of clamavBases) {
    const baseAtMs = parseBaseHeader((await readEnd(path, baseHeaderBytes, true)) ?? '');
    if (baseAtMs !== null) return { engine: 'ClamAV', baseAtMs };
  }
  return 'none';
}

const kernelFiles: KernelFiles = {
  readText: (path) => readFile(path, 'utf8').catch(() => undefined),
  list: (path) => readdir(path).catch(() => []),
};

async function isDiskEncrypted(directory: string): Promise<boolean | null> {
  const device = deviceUnder(await readFile('/proc/self/mountinfo', 'utf8'), await realpath(directory));
  return device === undefined ? null : isEncrypted(kernelFiles, device);
}

async function remoteControl(): Promise<readonly string[] | null> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name));
  if (processes.length > processesMax) return null;
  // A process that ended meanwhile has no name any more.
  const names = await Promise.all(
    processes.map((pid) =>
      readFile(`/proc/${pid}/comm`, 'utf8').then(
        (text) => text.trim(),
        () => '',
      ),
    ),
  );
  return remoteControlAmong(names);
}

/** Looks at this machine, reading only, within two seconds or so; the disk is that of `directory`. Never throws: what is not found out is `null`. */
export async function collectPosture(directory: string): Promise<MachinePosture> {
  const [system, patched, found, isCrypted, remote] = await Promise.all([
    bounded(async () => parseSystem(await readFile('/etc/os-release', 'utf8'))),
    bounded(patchedAtMs),
    bounded(antivirus),
    bounded(() => isDiskEncrypted(directory)),
    bounded(remoteControl),
  ]);
  return { system, patchedAtMs: patched, antivirus: found, isDiskEncrypted: isCrypted, remoteControl: remote };
}
