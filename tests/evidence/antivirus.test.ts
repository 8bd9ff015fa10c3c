import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseEvidenceDocument } from '../../contracts/documents/index.ts';
import { clamdAntivirus, noAntivirus, parseClamdAddress, type Antivirus } from '../../server/evidence/index.ts';
import { must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import { Clamd, eicar, hasClamd } from './support/clamd.ts';
import { statusUntil, upload } from './support/uploader.ts';

const dayMs = 86_400_000;
const freshVersion = 'ClamAV 1.4.6/27001/';
const ctime = (atMs: number): string => {
  const [, day, month, year, time] = /^..., (\d\d) (...) (\d{4}) ([\d:]{8})/u.exec(new Date(atMs).toUTCString()) ?? [];
  return `${new Date(atMs).toUTCString().slice(0, 3)} ${month} ${day?.replace(/^0/u, ' ')} ${time} ${year}`;
};
const freshAnswer = `${freshVersion}${ctime(Date.now() - dayMs)}\0`;

/** Something that listens where a clamd should. `onScan` is called with each line once it asks for a scan. */
class FalseClamd {
  readonly #folder = mkdtempSync(join(tmpdir(), 'qorgan-false-clamd-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly address = { path: join(this.#folder, 'clamd.sock') };

  constructor(options: { readonly version?: string | undefined; readonly onScan: (socket: Socket) => void }) {
    const { version = freshAnswer, onScan } = options;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', (first: Buffer) => {
        if (first.toString('latin1').startsWith('zVERSION')) socket.end(version);
        else onScan(socket);
      });
    });
    this.#server.listen(this.address.path);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Calls back once all of a scan was sent: four zero bytes end it. */
function afterAllBytes(socket: Socket, answer: () => void): void {
  socket.on('data', (part: Buffer) => {
    if (part.subarray(-4).equals(Buffer.alloc(4))) answer();
  });
}

async function* zeros(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield Buffer.alloc(65_536, 1);
}

/** Ways in which a daemon gives no verdict, and what is waited for meanwhile. */
const troubles: readonly (readonly [
  string,
  string,
  () => { readonly antivirus: Antivirus; readonly close: () => void },
])[] = [
  [
    'is down',
    'antivirus-unreachable',
    () => ({ antivirus: clamdAntivirus({ address: { path: '/nowhere' } }), close: () => undefined }),
  ],
  ['is not set up', 'antivirus-absent', () => ({ antivirus: noAntivirus, close: () => undefined })],
  ...(
    [
      ['hangs', 'antivirus-unreachable', undefined, () => undefined],
      ['hangs up in the middle', 'antivirus-unreachable', undefined, (socket: Socket) => socket.destroy()],
      [
        'answers garbage',
        'antivirus-answer-malformed',
        undefined,
        (socket: Socket) => afterAllBytes(socket, () => socket.end('HTTP/1.1 200 OK\0')),
      ],
      [
        'talks without end',
        'antivirus-unreachable',
        undefined,
        (socket: Socket) => socket.write('stream: '.repeat(9_000)),
      ],
      [
        'says clean before it was sent everything',
        'antivirus-answer-malformed',
        undefined,
        (socket: Socket) => socket.write('stream: OK\0'),
      ],
      [
        'met its limit',
        'antivirus-answer-malformed',
        undefined,
        (socket: Socket) => afterAllBytes(socket, () => socket.end('INSTREAM size limit exceeded. ERROR\0')),
      ],
      [
        'gave up at a limit of the scan',
        'antivirus-answer-malformed',
        undefined,
        (socket: Socket) =>
          afterAllBytes(socket, () => socket.end('stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0')),
      ],
      [
        'has no base',
        'antivirus-answer-malformed',
        'ClamAV 1.4.6\0',
        (socket: Socket) => afterAllBytes(socket, () => socket.end('stream: OK\0')),
      ],
      [
        'has a base of the future',
        'antivirus-base-stale',
        `${freshVersion}${ctime(Date.now() + 3 * dayMs)}\0`,
        (socket: Socket) => afterAllBytes(socket, () => socket.end('stream: OK\0')),
      ],
      [
        'has a base of eight days ago',
        'antivirus-base-stale',
        `${freshVersion}${ctime(Date.now() - 8 * dayMs)}\0`,
        (socket: Socket) => afterAllBytes(socket, () => socket.end('stream: OK\0')),
      ],
    ] as const
  ).map(([name, code, version, onScan]) => {
    const open = (): { readonly antivirus: Antivirus; readonly close: () => void } => {
      const daemon = new FalseClamd({ version, onScan });
      return { antivirus: clamdAntivirus({ address: daemon.address, silenceMaxMs: 300 }), close: () => daemon.close() };
    };
    return [name, code, open] as const;
  }),
];

describe('an antivirus that gives no verdict', () => {
  let platform: TestPlatform;
  let workstation: Workstation;
  let current: Antivirus = noAntivirus;
  const switched: Antivirus = { version: () => current.version(), scan: (source) => current.scan(source) };
  const uploaded: string[] = [];

  beforeAll(async () => {
    platform = await startTestPlatform(undefined, undefined, switched);
    workstation = await enrolled(platform.server);
  });
  afterAll(() => platform.remove());

  test.each(troubles)('since it %s, leaves evidence in quarantine as %s', async (_name, code, open) => {
    const { antivirus, close } = open();
    current = antivirus;
    const { sha256 } = await upload(workstation.client, randomBytes(300_000));
    const status = await statusUntil(workstation.client, sha256, ({ waiting }) => waiting === code);
    expect(status).toMatchObject({ state: 'quarantined', waiting: code, document: null, receipt: null });
    expect(readdirSync(join(platform.directory, 'evidence'))).not.toContain('blobs');
    uploaded.push(sha256);
    current = noAntivirus;
    close();
  });

  test.skipIf(!hasClamd)(
    'holds up nothing once a real one answers: all that waited is accepted',
    { timeout: 60_000 },
    async () => {
      const clamd = new Clamd();
      await clamd.start({ version: 27_002, atMs: Date.now() - dayMs });
      current = clamdAntivirus({ address: clamd.address });
      for (const sha256 of uploaded) {
        const status = await statusUntil(workstation.client, sha256, ({ state }) => state === 'accepted');
        expect(status.state).toBe('accepted');
        expect(must(parseEvidenceDocument(status.document?.document ?? '')).antivirus.baseVersion).toBe('27002');
      }
      expect(uploaded.length).toBe(troubles.length);
      await clamd.remove();
    },
  );
});

describe.skipIf(!hasClamd)('the client of a real clamd', () => {
  const clamd = new Clamd({ streamMax: '1M' });
  const antivirus = clamdAntivirus({ address: clamd.address });
  afterAll(() => clamd.remove());

  test('finds what the base names, tells engine and base, and takes a stream beyond the daemon’s limit for no verdict', async () => {
    const atMs = Math.floor((Date.now() - 2 * dayMs) / 1_000) * 1_000;
    await clamd.start({ version: 31, atMs });
    expect(must(await antivirus.version())).toMatchObject({ baseVersion: '31', baseAtMs: atMs });
    expect(must(await antivirus.scan(zeros(3)))).toEqual({ found: null });
    async function* infected(): AsyncGenerator<Uint8Array> {
      yield eicar;
    }
    expect(must(await antivirus.scan(infected())).found).toContain('Eicar');
    const beyond = await antivirus.scan(zeros(64));
    expect(beyond.ok).toBe(false);
  });
});

test('the address of a clamd is a socket’s path, or a host with its port', () => {
  expect(must(parseClamdAddress('unix:/run/clamav/clamd.ctl'))).toEqual({ path: '/run/clamav/clamd.ctl' });
  expect(must(parseClamdAddress('127.0.0.1:3310'))).toEqual({ host: '127.0.0.1', port: 3_310 });
  expect(must(parseClamdAddress('[::1]:3310'))).toEqual({ host: '::1', port: 3_310 });
  for (const text of ['', 'clamd', 'unix:relative', 'host:0', 'host:99999', 'a b:1'])
    expect(parseClamdAddress(text).ok, text).toBe(false);
});
