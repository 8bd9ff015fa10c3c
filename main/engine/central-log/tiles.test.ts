import { describe, expect, it } from 'vitest';
import { refuse, ok, type Result } from '../../../core/kernel/index.ts';
import {
  createFrontier,
  hashesOfTiles,
  hashSizeBytes,
  leafHash,
  rootOf,
  tilePath,
  tileWidthAt,
} from '../../../core/log/index.ts';
import { sha256 } from '../../../eds/index.ts';
import { LogTiles, type OwnHead } from './tiles.ts';

const size = 70_000;
const texts = Array.from({ length: size }, (_, index) => `{"entry":${index}}`);

/** A public log in memory: hashes by tile level, and whatever a test changes of what is served. */
function openServer() {
  const levels: Buffer[] = [
    Buffer.alloc(size * hashSizeBytes),
    Buffer.alloc(273 * hashSizeBytes),
    Buffer.alloc(hashSizeBytes),
  ];
  const frontier = createFrontier({ sha256 });
  for (const text of texts)
    frontier.append(leafHash(sha256, text), (level, index, hash) => {
      if (level % 8 === 0) levels[level / 8]?.set(hash, index * hashSizeBytes);
    });
  const asked: string[] = [];
  let change: (path: string, bytes: Buffer) => Buffer = (_path, bytes) => bytes;
  const head = (at: number): OwnHead => {
    const readHash = hashesOfTiles(sha256, (level, index) =>
      (levels[level] ?? Buffer.alloc(0)).subarray(index * 256 * hashSizeBytes, (index + 1) * 256 * hashSizeBytes),
    );
    return { size: at, root: rootOf({ sha256, readHash, size: at }) };
  };
  function serve(path: string, at: number): Buffer | undefined {
    for (const level of ['entries', 0, 1, 2] as const) {
      const depth = level === 'entries' ? 0 : level;
      for (let index = 0; index <= Math.floor(at / 256 ** (depth + 1)); index += 1) {
        const width = tileWidthAt({ level: depth, index, size: at });
        if (width === 0 || tilePath({ level, index, width }) !== path) continue;
        if (level !== 'entries')
          return Buffer.from((levels[level] ?? Buffer.alloc(0)).subarray(index * 8_192, index * 8_192 + width * 32));
        return Buffer.concat(
          texts.slice(index * 256, index * 256 + width).flatMap((text) => {
            const length = Buffer.alloc(2);
            length.writeUInt16BE(text.length);
            return [length, Buffer.from(text)];
          }),
        );
      }
    }
    return undefined;
  }
  return {
    asked,
    head,
    changeBy: (next: typeof change) => void (change = next),
    fetchFor:
      (at: number) =>
      (path: string): Promise<Result<Uint8Array>> => {
        asked.push(path);
        const bytes = serve(path, at);
        return Promise.resolve(bytes === undefined ? refuse('not-found') : ok(change(path, bytes)));
      },
  };
}

const server = openServer();

describe('tiles of the public log', () => {
  it.each([1, 255, 256, 257, 600, 65_536, 65_537, size])('prove entries by a head of %i', async (at) => {
    const head = server.head(at);
    const tiles = new LogTiles(server.fetchFor(at));
    for (const index of new Set([0, Math.floor(at / 2), at - 1])) {
      const entry = await tiles.entry(index, head);
      expect(entry.ok && entry.value.text).toBe(texts[index]);
      const width = Math.min(256, at - Math.floor(index / 256) * 256);
      const all = await tiles.entries(Math.floor(index / 256), head);
      expect(all.ok && all.value.length).toBe(width);
    }
  });

  it('prove every entry of a tile at once: one that was altered anywhere in it is not shown', async () => {
    const head = server.head(600);
    for (let place = 2; place < 3_500; place += 137) {
      server.changeBy((path, bytes) => {
        if (path.startsWith('tile/entries/')) bytes[place] = (bytes[place] ?? 0) ^ 1;
        return bytes;
      });
      expect((await new LogTiles(server.fetchFor(600)).entries(0, head)).ok).toBe(false);
    }
    server.changeBy((_path, bytes) => bytes);
    expect((await new LogTiles(server.fetchFor(600)).entries(0, head)).ok).toBe(true);
  });

  it('are refused where hashes, lengths or the head are of another tree', async () => {
    const wrong = async (
      change: (path: string, bytes: Buffer) => Buffer,
      head = server.head(600),
    ): Promise<unknown> => {
      server.changeBy(change);
      const read = await new LogTiles(server.fetchFor(600)).entries(0, head);
      server.changeBy((_path, bytes) => bytes);
      return read.ok ? 'shown' : read.refusal.code;
    };
    const flip = (path: string, bytes: Buffer): Buffer => {
      if (!path.startsWith('tile/entries/')) bytes[5] = (bytes[5] ?? 0) ^ 1;
      return bytes;
    };
    expect(await wrong(flip)).toBe('log-tile-wrong');
    expect(await wrong((_path, bytes) => bytes.subarray(0, -1))).toBe('log-tile-wrong');
    expect(await wrong((_path, bytes) => Buffer.concat([bytes, Buffer.from([0, 0])]))).toBe('log-tile-wrong');
    expect(await wrong((_path, bytes) => bytes, { ...server.head(600), root: server.head(599).root })).toBe(
      'log-tile-wrong',
    );
    expect(await wrong((_path, bytes) => bytes)).toBe('shown');
  });

  it('are read once: what was proven is kept', async () => {
    const tiles = new LogTiles(server.fetchFor(size));
    await tiles.entry(3, server.head(size));
    const before = server.asked.length;
    for (let index = 0; index < 256; index += 1) expect((await tiles.entry(index, server.head(size))).ok).toBe(true);
    expect(server.asked.length).toBe(before);
  });

  it('say what the server said where it cannot be asked', async () => {
    const tiles = new LogTiles(() => Promise.resolve(refuse('server-unreachable')));
    expect(await tiles.entries(0, server.head(600))).toMatchObject({
      ok: false,
      refusal: { code: 'server-unreachable' },
    });
  });
});
