import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok, refuse, type Sha256Hex } from '../../core/kernel/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { openBlobStore } from '../evidence/index.ts';
import { pullBlobs, type BlobDoor } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-mirror-blobs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const blobs = new Map<Sha256Hex, Buffer>();
for (let n = 0; n < 12; n += 1) {
  const bytes = Buffer.alloc(1 + n * 70_000, `sealed ${n} `);
  blobs.set(sha256Hex(bytes), bytes);
}
const names = [...blobs.keys()].toSorted();
const [first = '' as Sha256Hex, , third = '' as Sha256Hex] = names;

type Asked = { readonly blob: Sha256Hex; readonly fromByte: number };

/** A door that shows five names at once and hands out pieces; `change` may alter a piece, or cut the line by `undefined`. */
function door(change: (asked: Asked, piece: Buffer, at: number) => Buffer | undefined = (_asked, piece) => piece) {
  const asked: Asked[] = [];
  async function* pieces(one: Asked, bytes: Buffer): AsyncGenerator<Buffer> {
    for (let at = one.fromByte; at < bytes.length; at += 10_000) {
      const piece = change(one, bytes.subarray(at, at + 10_000), at);
      if (piece === undefined) throw new Error('the line was cut');
      if (piece.length === 0) return;
      yield piece;
    }
  }
  const opened: BlobDoor = {
    list: async (after) => {
      const rest = names.filter((name) => name > after);
      const page = rest.slice(0, 5).map((blob) => ({ blob, sizeBytes: blobs.get(blob)?.length ?? 0 }));
      return ok({ blobs: page, next: rest.length > 5 ? (page.at(-1)?.blob ?? null) : null });
    },
    read: async (blob, fromByte) => {
      const one = { blob, fromByte };
      asked.push(one);
      const bytes = blobs.get(blob);
      return bytes === undefined ? refuse('mirror-file-missing', { path: blob }) : ok(pieces(one, bytes));
    },
    close: () => undefined,
  };
  return { opened, asked };
}

async function heldNames(): Promise<readonly string[]> {
  const held: string[] = [];
  for await (const blob of openBlobStore(folder).list()) held.push(blob);
  return held;
}

const parts = (): readonly string[] => readdirSync(join(folder, 'incoming'));

describe('the evidence of a mirror', () => {
  it('is taken whole, page after page, and asked for once', async () => {
    const { opened, asked } = door();
    expect(await pullBlobs(folder, opened)).toEqual(ok({ held: 12, added: 12 }));
    expect(await heldNames()).toEqual(names);
    const store = openBlobStore(folder);
    for (const name of names)
      expect(readFileSync(store.pathOf(name)).equals(blobs.get(name) ?? Buffer.alloc(0))).toBe(true);
    expect(await pullBlobs(folder, opened)).toEqual(ok({ held: 12, added: 0 }));
    expect(asked.length).toBe(12);
    expect(parts()).toEqual([]);
  });

  it('goes on where a line was cut, a hundred times, and never keeps a part under a name', async () => {
    const name = names.toSorted((a, b) => (blobs.get(b)?.length ?? 0) - (blobs.get(a)?.length ?? 0))[0] ?? first;
    let pieces = 0;
    const { opened, asked } = door((_asked, piece) => ((pieces += 1) % 4 === 0 ? undefined : piece));
    let rounds = 1;
    for (; rounds <= 200 && !(await pullBlobs(folder, opened)).ok; rounds += 1)
      for (const held of await heldNames()) expect(blobs.has(held as Sha256Hex)).toBe(true);
    expect(rounds).toBeGreaterThan(100);
    expect(await heldNames()).toEqual(names);
    expect(asked.filter(({ blob, fromByte }) => blob === name && fromByte > 0).length).toBeGreaterThan(5);
  });

  it('keeps what came where an answer ends early without a word, and asks for the rest', async () => {
    const long = names.find((name) => (blobs.get(name)?.length ?? 0) > 100_000) ?? first;
    const quiet = door(({ blob }, piece, at) => (blob === long && at >= 50_000 ? Buffer.alloc(0) : piece));
    expect(await pullBlobs(folder, quiet.opened)).toMatchObject(refuse('mirror-origin-unreachable'));
    expect(parts()).toEqual([`${long}.part`]);
    const { opened, asked } = door();
    expect((await pullBlobs(folder, opened)).ok).toBe(true);
    expect(asked).toContainEqual({ blob: long, fromByte: 50_000 });
  });

  it('leaves out what is not what its name says, names it, and takes the rest', async () => {
    const flip = ({ blob }: Asked, piece: Buffer): Buffer => {
      const changed = Buffer.from(piece);
      if (blob === third) changed[0] = (changed[0] ?? 0) ^ 1;
      return changed;
    };
    expect(await pullBlobs(folder, door(flip).opened)).toEqual(refuse('mirror-blob-wrong', { blob: third }));
    expect(await heldNames()).toEqual(names.filter((name) => name !== third));
    expect(parts()).toEqual([]);
    expect(await pullBlobs(folder, door().opened)).toEqual(ok({ held: 12, added: 1 }));
  });

  it('believes neither more nor fewer octets than were listed, nor what an earlier round left', async () => {
    const longer = door(({ blob }, piece) => (blob === third ? Buffer.concat([piece, Buffer.from('x')]) : piece));
    expect((await pullBlobs(folder, longer.opened)).ok).toBe(false);
    expect(await heldNames()).not.toContain(third);
    writeFileSync(join(folder, 'incoming', `${third}.part`), Buffer.alloc(blobs.get(third)?.length ?? 0, 'y'));
    expect(await pullBlobs(folder, door().opened)).toEqual(refuse('mirror-blob-wrong', { blob: third }));
    mkdirSync(join(folder, 'incoming'), { recursive: true });
    writeFileSync(join(folder, 'incoming', `${third}.part`), Buffer.alloc(2_000_000, 'z'));
    expect((await pullBlobs(folder, door().opened)).ok).toBe(true);
    expect(await heldNames()).toEqual(names);
  });

  it('ends where a list does not go on', async () => {
    const { opened } = door();
    const endless: BlobDoor = { ...opened, list: async () => ok({ blobs: [], next: first }) };
    expect(await pullBlobs(folder, endless)).toMatchObject(refuse('mirror-origin-unreachable'));
  });
});
