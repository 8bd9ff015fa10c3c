import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { recordSizeBytes } from '../../../core/evidence/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { EvidenceView } from '../../../contracts/vault-host/index.ts';
import { seeded } from '../../../tests/support/index.ts';
import { sha256Hex } from '../../../eds/index.ts';
import type { Engine } from '../context.ts';
import type { ServerClient } from '../http/client.ts';
import { ChunkSize, uploadBytes, type UploadControl } from './upload.ts';

type Upload = ServerClient['upload'];
type Answer = Awaited<ReturnType<Upload>>;

/** An engine as far as an upload knows one: a vault that reads these bytes. */
function engineOf(bytes: Buffer, onRead: (part: Uint8Array) => void = () => undefined): Engine {
  const call = (_verb: string, { offset, limit }: { readonly offset: number; readonly limit: number }) => {
    const part = Uint8Array.from(bytes.subarray(offset, offset + limit));
    onRead(part);
    return Promise.resolve(ok({ bytes: part }));
  };
  return { vault: { call }, options: { clock: { monotonicMs: () => 0 } } } as unknown as Engine;
}

function pieceOf(bytes: Buffer): EvidenceView {
  const descriptor = { sha256: sha256Hex(bytes), sizeBytes: bytes.length };
  return { descriptor } as unknown as EvidenceView;
}

const at = (offset: number | string): Answer => ok({ 'upload-offset': String(offset) });

/** A server that keeps whole chunks at the right place and nothing else; `isCut` breaks the line before or after it kept one. */
class FakeServer {
  kept = Buffer.alloc(0);
  chunks = 0;
  readonly #isCut: () => 'before' | 'after' | 'not';

  constructor(isCut: () => 'before' | 'after' | 'not' = () => 'not') {
    this.#isCut = isCut;
  }

  readonly upload: Upload = (name, { headers, bytes }) => {
    if (name === 'createUpload') return Promise.resolve(at(this.kept.length));
    const cut = this.#isCut();
    if (cut === 'before') return Promise.resolve(refuse('server-unreachable'));
    if (Number(headers['upload-offset']) !== this.kept.length)
      return Promise.resolve(refuse('evidence-offset-differs'));
    this.kept = Buffer.concat([this.kept, bytes ?? new Uint8Array()]);
    this.chunks += 1;
    return Promise.resolve(cut === 'after' ? refuse('server-unreachable') : at(this.kept.length));
  };
}

function controlOf(upload: Upload, mayGoOn = (): boolean => true): UploadControl {
  return {
    client: { upload } as ServerClient,
    chunkSize: new ChunkSize(),
    mayGoOn: () => Promise.resolve(mayGoOn()),
    onProgress: () => undefined,
  };
}

const codeOf = (result: Result<unknown>): string => (result.ok ? 'done' : result.refusal.code);

describe('an upload', () => {
  it('brings every byte once and in order, however often its line breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3_000_000 }),
        fc.infiniteStream(fc.constantFrom('before' as const, 'after' as const, 'not' as const)),
        async (sizeBytes, cuts) => {
          const bytes = randomBytes(sizeBytes);
          const server = new FakeServer(() => cuts.next().value ?? 'not');
          const control = controlOf(server.upload);
          let result = await uploadBytes(engineOf(bytes), pieceOf(bytes), control);
          for (let tries = 0; !result.ok && tries < 2_000; tries += 1) {
            expect(codeOf(result)).toBe('server-unreachable');
            result = await uploadBytes(engineOf(bytes), pieceOf(bytes), control);
          }
          expect(result).toEqual(ok({ isWhole: true }));
          expect(server.kept.equals(bytes)).toBe(true);
        },
      ),
      seeded('cut uploads', 60),
    );
  });

  it('believes no place that is not in the piece, not at a record, not a number, or not behind what was sent', async () => {
    const bytes = randomBytes(5 * recordSizeBytes + 9);
    const places = [
      '-1',
      '1',
      String(recordSizeBytes + 1),
      String(bytes.length + 1),
      '1e3',
      '',
      'NaN',
      '0x10',
      '99999999999',
    ];
    for (const place of places) {
      const atStart = controlOf(() => Promise.resolve(at(place)));
      expect([place, codeOf(await uploadBytes(engineOf(bytes), pieceOf(bytes), atStart))]).toEqual([
        place,
        'server-answer-malformed',
      ]);
      const afterChunk = controlOf((name) => Promise.resolve(at(name === 'createUpload' ? 0 : place)));
      expect(codeOf(await uploadBytes(engineOf(bytes), pieceOf(bytes), afterChunk))).toBe('server-answer-malformed');
    }
    let asked = 0;
    const standing = controlOf(() => {
      asked += 1;
      return Promise.resolve(at(0));
    });
    expect(codeOf(await uploadBytes(engineOf(bytes), pieceOf(bytes), standing))).toBe('evidence-offset-differs');
    expect(asked).toBeLessThan(20);
  });

  it('sends the next chunks while the one before is answered, never a fifth, and none before the other has left', async () => {
    const bytes = randomBytes(200 * recordSizeBytes);
    const log: string[] = [];
    const answers: (() => void)[] = [];
    let begun = 0;
    let most = 0;
    const upload: Upload = (name, { headers, bytes: chunk, onLeft }) => {
      if (name === 'createUpload') return Promise.resolve(at(0));
      begun += 1;
      const mine = begun;
      log.push(`begin ${mine}`);
      setTimeout(() => {
        log.push(`left ${mine}`);
        onLeft?.();
      }, 1);
      const place = Number(headers['upload-offset']) + (chunk?.length ?? 0);
      return new Promise((resolve) => {
        answers.push(() => resolve(at(place)));
        most = Math.max(most, answers.length);
      });
    };
    const control = controlOf(upload);
    const done = uploadBytes(engineOf(bytes), pieceOf(bytes), control);
    let isDone = false;
    void done.then(() => (isDone = true));
    while (!isDone) {
      await new Promise((resolve) => setTimeout(resolve, 15));
      answers.shift()?.();
    }
    expect(await done).toEqual(ok({ isWhole: true }));
    expect(most).toBe(4);
    for (let i = 2; i <= begun; i += 1) expect(log.indexOf(`left ${i - 1}`)).toBeLessThan(log.indexOf(`begin ${i}`));
  });

  it('sends nothing more once it was paused', async () => {
    const bytes = randomBytes(40 * recordSizeBytes);
    const server = new FakeServer();
    const control = controlOf(server.upload, () => server.chunks < 1);
    expect(await uploadBytes(engineOf(bytes), pieceOf(bytes), control)).toEqual(ok({ isWhole: false }));
    expect(server.chunks).toBe(1);
  });

  it('leaves no byte in memory that it read, sent or not', async () => {
    const bytes = Buffer.alloc(40 * recordSizeBytes, 7);
    const read: Uint8Array[] = [];
    const engine = engineOf(bytes, (part) => read.push(part));
    for (const mayGoOn of [() => true, () => read.length < 2]) {
      const server = new FakeServer();
      await uploadBytes(engine, pieceOf(bytes), controlOf(server.upload, mayGoOn));
      expect(read.length).toBeGreaterThan(server.chunks - 1);
      expect(read.splice(0).every((part) => part.every((byte) => byte === 0))).toBe(true);
    }
  });

  it('goes on in smaller chunks of whole records on a line that breaks, and in larger ones on a good line', () => {
    const size = new ChunkSize();
    for (let i = 0; i < 20; i += 1) {
      size.lost();
      expect(size.bytes % recordSizeBytes).toBe(0);
    }
    expect(size.bytes).toBe(recordSizeBytes);
    for (let i = 0; i < 20; i += 1) size.sent(10);
    expect(size.bytes).toBe(64 * recordSizeBytes);
    size.sent(2_000);
    expect(size.bytes).toBe(32 * recordSizeBytes);
  });
});
