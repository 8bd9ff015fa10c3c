import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

export const hasClamd = spawnSync('clamd', ['--version']).status === 0;
if (!hasClamd) process.stderr.write('SKIPPED: no clamd, so that no evidence met a real antivirus\n');

/** The test file of the European Institute for Computer Antivirus Research, backwards here: no scanner shall find this one. */
export const eicar = Buffer.from(
  '*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X'.split('').reverse().join(''),
);

/** What the daemon tells of its base. */
export type Base = { readonly version: number; readonly atMs: number };

/** One file in a tar archive (ustar). */
function tarEntry(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write('0000644\u00000000000\u00000000000\u0000', 100);
  head.write(`${content.length.toString(8).padStart(11, '0')}\u000000000000000\u0000        0`, 124);
  head.write('ustar\u000000', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return Buffer.concat([head, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** An unsigned base (`.cud`) with two signatures: the file of EICAR by its hash, and anywhere by its bytes. */
function baseFile({ version, atMs }: Base): Buffer {
  const md5 = createHash('md5').update(eicar).digest('hex');
  const signatures = {
    'daily.hdb': Buffer.from(`${md5}:${eicar.length}:Own.Eicar.File\n`),
    'daily.ndb': Buffer.from(`Own.Eicar.Bytes:0:*:${eicar.toString('hex')}\n`),
  };
  const head = `ClamAV-VDB:01 Jan 2026 00-00 +0000:${version}:2:90:X:X:own:${Math.floor(atMs / 1_000)}`;
  const lines = Object.entries(signatures).map(
    ([name, content]) => `${name}:${content.length}:${createHash('sha256').update(content).digest('hex')}\n`,
  );
  const entries = [
    tarEntry('COPYING', Buffer.from('own\n')),
    tarEntry('daily.info', Buffer.from(`${head}\n${lines.join('')}`)),
    ...Object.entries(signatures).map(([name, content]) => tarEntry(name, content)),
    Buffer.alloc(1_024),
  ];
  return Buffer.concat([Buffer.from(head.padEnd(512)), gzipSync(Buffer.concat(entries))]);
}

/** The distribution's daemon with a base of our own. */
export class Clamd {
  readonly #folder = mkdtempSync(join(tmpdir(), 'qorgan-clamd-'));
  #child: ChildProcess | undefined;
  readonly address = { path: join(this.#folder, 'clamd.sock') };

  constructor(options: { readonly streamMax?: string } = {}) {
    const base = join(this.#folder, 'base');
    mkdirSync(base);
    const lines = [
      `DatabaseDirectory ${base}`,
      `LocalSocket ${this.address.path}`,
      'Foreground yes',
      'SelfCheck 86400',
      `StreamMaxLength ${options.streamMax ?? '2047M'}`,
      'MaxScanSize 2047M',
      'MaxFileSize 2047M',
      'AlertExceedsMax yes',
      ...(process.getuid?.() === 0 ? ['User root'] : []),
    ];
    writeFileSync(join(this.#folder, 'clamd.conf'), `${lines.join('\n')}\n`);
  }

  async #answers(): Promise<boolean> {
    const socket = createConnection(this.address.path);
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  /** Starts the daemon; its signatures are loaded on return. */
  async start(base: Base): Promise<void> {
    writeFileSync(join(this.#folder, 'base', 'daily.cud'), baseFile(base));
    this.#child = spawn('clamd', ['-c', join(this.#folder, 'clamd.conf')], {
      stdio: 'ignore',
      env: { ...process.env, TZ: 'UTC' },
    });
    for (let i = 0; i < 300 && !(await this.#answers()); i += 1) await sleep(50);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    rmSync(this.address.path, { force: true });
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
