import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evidenceSizeMaxBytes, recordSizeBytes } from '../../core/evidence/index.ts';
import { verifyReceipt } from '../../core/log/index.ts';
import { parseEvidenceDocument } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { clamdAntivirus } from '../../server/evidence/index.ts';
import { verifyEd25519 } from '../../server/keys/index.ts';
import { codeOf, TestClient } from '../server/support/client.ts';
import { must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import { Clamd, eicar, hasClamd } from './support/clamd.ts';
import {
  askStatus,
  create,
  describeBytes,
  head,
  offsetOf,
  patch,
  statusUntil,
  terminate,
  upload,
} from './support/uploader.ts';

describe.skipIf(!hasClamd)('the doors of evidence', () => {
  const clamd = new Clamd();
  let platform: TestPlatform;
  let workstation: Workstation;

  beforeAll(async () => {
    await clamd.start({ version: 27_001, atMs: Date.now() - 86_400_000 });
    platform = await startTestPlatform(undefined, undefined, clamdAntivirus({ address: clamd.address }));
    workstation = await enrolled(platform.server);
  });
  afterAll(async () => {
    await platform.remove();
    await clamd.remove();
  });

  /** One more connection of the same device. */
  const anotherLine = (): TestClient => {
    const line = new TestClient(platform.server, workstation.client.key);
    line.device = workstation.device;
    return line;
  };
  const evidenceFolder = (): string => join(platform.directory, 'evidence');

  test('take evidence in chunks, examine it, and give the receipt of a document that names verdict, engine and base', async () => {
    const bytes = randomBytes(5_000_000);
    const descriptor = await upload(workstation.client, bytes, {}, 1_048_576);
    const status = await statusUntil(workstation.client, descriptor.sha256, ({ receipt }) => receipt !== null);
    expect(status).toMatchObject({ state: 'accepted', offsetBytes: bytes.length, refusal: null, waiting: null });
    const document = must(parseEvidenceDocument(status.document?.document ?? ''));
    expect(document).toMatchObject({
      descriptor,
      device: workstation.device,
      verdict: 'clean',
      found: null,
      antivirus: { baseVersion: '27001' },
    });
    expect(document.antivirus.engine).toMatch(/^ClamAV 1\./u);
    const verdict = verifyReceipt({
      proof: status.receipt ?? '',
      logKey: workstation.bundle.log.key,
      act: status.document?.document ?? '',
      sha256,
      verifyEd25519,
    });
    expect(verdict).toMatchObject({ verdict: 'good', facts: { leaf: { kind: 'platform', outcome: 'accepted' } } });
  });

  test('keep chunks apart that arrive all at once, and those of one upload in the order of their places', async () => {
    const chunkBytes = 8 * recordSizeBytes;
    const pieces = Array.from({ length: 4 }, () => randomBytes(12 * chunkBytes + 1));
    const lines = Array.from({ length: 13 * pieces.length }, () => anotherLine());
    const sendAll = async (bytes: Buffer, own: readonly TestClient[]): Promise<void> => {
      const { sha256: hash } = describeBytes(bytes);
      let offset = offsetOf(await create(workstation.client, describeBytes(bytes)));
      for (let tries = 0; offset < bytes.length && tries < 30; tries += 1) {
        const places = own.map((client, i) => ({ client, at: offset + i * chunkBytes }));
        const sent = places.filter(({ at }) => at < bytes.length);
        const answers = await Promise.all(
          sent.map(({ client, at }) => patch(client, hash, at, bytes.subarray(at, at + chunkBytes))),
        );
        for (const [i, answer] of answers.entries()) {
          const end = Math.min((sent[i]?.at ?? 0) + chunkBytes, bytes.length);
          const told = answer.status === 204 ? offsetOf(answer) : codeOf(answer);
          expect([end, 'evidence-offset-differs', 'evidence-upload-busy']).toContain(told);
        }
        offset = offsetOf(await head(workstation.client, hash));
      }
      expect(offset).toBe(bytes.length);
    };
    await Promise.all(pieces.map((bytes, i) => sendAll(bytes, lines.slice(13 * i, 13 * (i + 1)))));
    const isDone = ({ state }: { readonly state: string }): boolean => state === 'accepted' || state === 'refused';
    for (const bytes of pieces) {
      const status = await statusUntil(workstation.client, describeBytes(bytes).sha256, isDone);
      expect([status.state, status.refusal]).toEqual(['accepted', null]);
    }
    for (const line of lines) line.close();
  });

  test('give the sealed file by the hash of its bytes, whole or from a place on, and nothing else', async () => {
    const { sha256: hash } = await upload(workstation.client, randomBytes(200_000));
    const status = await statusUntil(workstation.client, hash, ({ document }) => document !== null);
    const { blob, blobSizeBytes } = must(parseEvidenceDocument(status.document?.document ?? ''));
    const path = `/v1/evidence/blobs/${blob}`;
    const whole = await workstation.client.call({ method: 'GET', path });
    expect([whole.status, whole.bytes.length, sha256Hex(whole.bytes)]).toEqual([200, blobSizeBytes, blob]);
    const rest = await workstation.client.call({ method: 'GET', path, headers: { range: 'bytes=150000-' } });
    expect([rest.status, rest.headers['content-range']]).toEqual([
      206,
      `bytes 150000-${blobSizeBytes - 1}/${blobSizeBytes}`,
    ]);
    expect(rest.bytes.equals(whole.bytes.subarray(150_000))).toBe(true);
    const beyond = { range: `bytes=${blobSizeBytes}-` };
    expect(codeOf(await workstation.client.call({ method: 'GET', path, headers: beyond }))).toBe('input-malformed');
    const other = `/v1/evidence/blobs/${hash}`;
    expect(codeOf(await workstation.client.call({ method: 'GET', path: other }))).toBe('evidence-unknown');
    const file = join(evidenceFolder(), 'blobs', 'sha256', blob.slice(0, 2), blob.slice(2, 4), blob);
    expect(readFileSync(file).equals(whole.bytes)).toBe(true);
    expect(readdirSync(join(evidenceFolder(), 'incoming')).filter((name) => name.includes(hash))).toEqual([]);
  });

  test('refuse what is infected, keep it sealed in quarantine, and put the finding into the log', async () => {
    const bytes = Buffer.concat([randomBytes(100_000), eicar, randomBytes(100_000)]);
    const { sha256: hash } = await upload(workstation.client, bytes, { class: 'document' });
    const status = await statusUntil(workstation.client, hash, ({ receipt }) => receipt !== null);
    expect(status).toMatchObject({ state: 'refused', refusal: 'evidence-infected' });
    const document = must(parseEvidenceDocument(status.document?.document ?? ''));
    expect(document).toMatchObject({ verdict: 'infected', found: 'Own.Eicar.Bytes.UNOFFICIAL' });
    expect(codeOf(await workstation.client.call({ method: 'GET', path: `/v1/evidence/blobs/${document.blob}` }))).toBe(
      'evidence-unknown',
    );
    const kept = readFileSync(join(evidenceFolder(), 'incoming', `${workstation.device}.${hash}`));
    expect(sha256Hex(kept)).toBe(document.blob);
    expect(kept.includes(eicar)).toBe(false);
    expect(codeOf(await create(workstation.client, describeBytes(bytes, { class: 'document' })))).toBe(
      'evidence-infected',
    );
  });

  test('refuse what does not have the hash of its capture, keep nothing of it, and take the right bytes afterwards', async () => {
    const right = randomBytes(150_000);
    const wrong = Buffer.from(right);
    wrong[149_999] = (wrong[149_999] ?? 0) ^ 1;
    const descriptor = describeBytes(right);
    await create(workstation.client, descriptor);
    expect((await patch(workstation.client, descriptor.sha256, 0, wrong)).status).toBe(204);
    const refused = await statusUntil(workstation.client, descriptor.sha256, ({ state }) => state === 'refused');
    expect(refused).toMatchObject({ refusal: 'evidence-hash-mismatch', document: null });
    expect(existsSync(join(evidenceFolder(), 'incoming', `${workstation.device}.${descriptor.sha256}`))).toBe(false);
    await upload(workstation.client, right);
    const status = await statusUntil(workstation.client, descriptor.sha256, ({ state }) => state === 'accepted');
    expect(status.state).toBe('accepted');
  });

  test('know an upload again by device and hash, and keep two devices apart', async () => {
    const bytes = randomBytes(3 * recordSizeBytes + 5);
    const descriptor = describeBytes(bytes);
    const made = await create(workstation.client, descriptor);
    expect([made.status, made.headers['location'], offsetOf(made)]).toEqual([
      201,
      `/v1/evidence/uploads/${descriptor.sha256}`,
      0,
    ]);
    await patch(workstation.client, descriptor.sha256, 0, bytes.subarray(0, 2 * recordSizeBytes));
    const again = await create(workstation.client, descriptor);
    expect([again.status, offsetOf(again)]).toEqual([200, 2 * recordSizeBytes]);
    const stranger = await enrolled(platform.server);
    expect(codeOf(await askStatus(stranger.client, descriptor.sha256))).toBe('evidence-unknown');
    expect((await head(stranger.client, descriptor.sha256)).headers['qorgan-refusal']).toBe('evidence-upload-unknown');
    expect([
      (await create(stranger.client, descriptor)).status,
      (await terminate(stranger.client, descriptor.sha256)).status,
    ]).toEqual([201, 204]);
    expect(offsetOf(await head(workstation.client, descriptor.sha256))).toBe(2 * recordSizeBytes);
    expect(codeOf(await create(workstation.client, { ...descriptor, reason: 'other' }))).toBe(
      'evidence-descriptor-differs',
    );
    await patch(workstation.client, descriptor.sha256, 2 * recordSizeBytes, bytes.subarray(2 * recordSizeBytes));
    expect(codeOf(await terminate(workstation.client, descriptor.sha256))).toBe('evidence-upload-closed');
    await statusUntil(workstation.client, descriptor.sha256, ({ state }) => state === 'accepted');
    const closed = await create(workstation.client, descriptor);
    expect([closed.status, offsetOf(closed)]).toEqual([200, bytes.length]);
    expect(codeOf(await patch(workstation.client, descriptor.sha256, bytes.length, Buffer.from('x')))).toBe(
      'evidence-upload-closed',
    );
  });

  test('name every refusal of a request that is not what tus and the descriptor say', async () => {
    const bytes = randomBytes(2 * recordSizeBytes + 100);
    const descriptor = describeBytes(bytes);
    const { sha256: hash } = descriptor;
    const call = (change: Parameters<typeof workstation.client.call>[0]) => workstation.client.call(change);
    expect(codeOf(await patch(workstation.client, hash, 0, bytes))).toBe('evidence-upload-unknown');
    const noVersion = await call({ method: 'HEAD', path: `/v1/evidence/uploads/${hash}` });
    expect([noVersion.status, noVersion.headers['tus-version']]).toEqual([412, '1.0.0']);
    expect(codeOf(await create(workstation.client, { ...descriptor, sizeBytes: evidenceSizeMaxBytes + 1 }))).toBe(
      'input-malformed',
    );
    expect(codeOf(await create(workstation.client, { ...descriptor, class: 'song' as never }))).toBe(
      'evidence-descriptor-malformed',
    );
    expect(codeOf(await create(workstation.client, { ...descriptor, reason: 'a\u202eb' }))).toBe(
      'evidence-descriptor-malformed',
    );
    await create(workstation.client, descriptor);
    const ahead = await patch(workstation.client, hash, recordSizeBytes, bytes.subarray(recordSizeBytes));
    expect([codeOf(ahead), ahead.status]).toEqual(['evidence-offset-differs', 409]);
    expect(codeOf(await patch(workstation.client, hash, 0, bytes.subarray(0, 1_000)))).toBe('evidence-chunk-unaligned');
    expect(codeOf(await patch(workstation.client, hash, 0, Buffer.concat([bytes, bytes])))).toBe(
      'evidence-chunk-unaligned',
    );
    expect(codeOf(await patch(workstation.client, hash, 0, Buffer.alloc(5_000_000)))).toBe('body-too-large');
    expect(codeOf(await call({ method: 'GET', path: '/v1/evidence/ABC' }))).toBe('input-malformed');
    expect((await terminate(workstation.client, hash)).status).toBe(204);
    expect((await head(workstation.client, hash)).status).toBe(404);
  });

  test('let nobody in whose signature does not cover the headers of tus', async () => {
    const descriptor = describeBytes(randomBytes(recordSizeBytes));
    const moved = await workstation.client.call({
      method: 'HEAD',
      path: `/v1/evidence/uploads/${descriptor.sha256}`,
      headers: { 'tus-resumable': '1.0.0' },
      tamper: (headers) => (headers['upload-offset'] = '0'),
    });
    expect([moved.status, moved.headers['qorgan-refusal']]).toEqual([401, 'device-signature-invalid']);
    const made = await create(workstation.client, descriptor);
    expect(made.status).toBe(201);
    const changed = await workstation.client.call({
      method: 'PATCH',
      path: `/v1/evidence/uploads/${descriptor.sha256}`,
      headers: { 'tus-resumable': '1.0.0', 'upload-offset': '65536' },
      media: 'application/offset+octet-stream',
      rawBody: Buffer.alloc(10),
      tamper: (headers) => (headers['upload-offset'] = '0'),
    });
    expect(codeOf(changed)).toBe('device-signature-invalid');
    await terminate(workstation.client, descriptor.sha256);
  });
});
