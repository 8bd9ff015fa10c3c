import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { parseEvidenceDocument } from '../../contracts/documents/index.ts';
import { ok, type Sha256Hex } from '../../core/kernel/index.ts';
import { createTestCa } from '../../dev/ca/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { destroyDue, extractEvidence, moveDue, type ArchivePlace } from '../../server/archive/index.ts';
import {
  initPlatform,
  openAdministration,
  realSurroundings,
  type OpenAdministration,
  type RunningServer,
} from '../../server/boot/index.ts';
import type { Antivirus } from '../../server/evidence/index.ts';
import { monthsAgoMs } from '../server/support/archive-world.ts';
import { codeOf, type Answer } from '../server/support/client.ts';
import { issuePerson } from '../server/support/people.ts';
import { addStaff, must, startIn, testFolder } from '../server/support/platform.ts';
import { testStamps } from '../server/support/stamps.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import { statusUntil, upload } from './support/uploader.ts';

/** How far the clocks of server and workstation are behind. */
let behindMs = Date.now() - monthsAgoMs(59);
const nowMs = (): number => Date.now() - behindMs;
const surroundings = { ...realSurroundings, nowMs };

/** Finds nothing, by a base of today. */
const antivirus: Antivirus = {
  version: async () =>
    ok({ engine: 'test', baseVersion: '1', baseAtMs: Math.floor(nowMs() / 86_400_000) * 86_400_000 }),
  scan: async (source) => {
    for await (const part of source) if (part.length === 0) break;
    return ok({ found: null });
  },
};

type Piece = {
  readonly plaintext: Buffer;
  readonly sha256: Sha256Hex;
  readonly blob: Sha256Hex;
  readonly sealed: Buffer;
};

const directory = testFolder();
let server: RunningServer;
let workstation: Workstation;
let administration: OpenAdministration;
let archive: ArchivePlace;
const pieces: Piece[] = [];

const blobOf = (blob: string, headers: Record<string, string> = {}): Promise<Answer> =>
  workstation.client.call({ method: 'GET', path: `/v1/evidence/blobs/${blob}`, headers });

async function send(): Promise<Piece> {
  const plaintext = randomBytes(300_000);
  const { sha256 } = await upload(workstation.client, plaintext);
  const status = await statusUntil(workstation.client, sha256, ({ receipt }) => receipt !== null);
  const { blob } = must(parseEvidenceDocument(status.document?.document ?? ''));
  return { plaintext, sha256, blob, sealed: (await blobOf(blob)).bytes };
}

beforeAll(async () => {
  const about = { profile: 'demo', operatorName: '«Қорған» АҚ', url: 'https://127.0.0.1:7443' } as const;
  must(await initPlatform({ directory, surroundings, ...about }));
  server = await startIn(directory, [], undefined, undefined, surroundings, antivirus);
  workstation = await enrolled(server);
  workstation.client.nowMs = nowMs;
  pieces.push(await send());
  behindMs = Date.now() - monthsAgoMs(4);
  pieces.push(await send());
  behindMs = 0;
  pieces.push(await send());
  administration = must(await openAdministration({ directory, surroundings }));
  const ca = createTestCa({ demo: true, now: Date.now, keys: 'ec-p256' });
  const stamps = testStamps(ca, () => Math.floor(Date.now() / 1_000) * 1_000);
  archive = { ...must(await administration.archive()), stamps };
}, 60_000);
afterAll(async () => {
  await administration.close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('evidence of 59 and of 4 months ago, beside a running server', () => {
  it('moves into the archive, and the same door gives the same octets, whole and from a place on', async () => {
    expect(must(await moveDue(archive))).toMatchObject({ moved: 2, segments: [{ blobs: 2 }] });
    const online = pieces.map(({ blob }) => existsSync(archive.blobs.pathOf(blob)));
    expect(online).toEqual([false, false, true]);
    for (const { blob, sealed } of pieces) {
      const whole = await blobOf(blob);
      expect([whole.status, sha256Hex(whole.bytes)]).toEqual([200, blob]);
      expect(whole.bytes.equals(sealed)).toBe(true);
      const rest = await blobOf(blob, { range: 'bytes=123456-' });
      expect([rest.status, rest.bytes.equals(sealed.subarray(123_456))]).toEqual([206, true]);
    }
  });

  it('gives the plaintext that was captured', async () => {
    for (const { sha256, plaintext } of pieces) {
      const path = join(directory, sha256);
      must(await extractEvidence(archive, { sha256, path }));
      expect(readFileSync(path).equals(plaintext)).toBe(true);
    }
  });

  it('cannot be destroyed by any verb of the API, nor before its time by anything else', async () => {
    for (const { blob, sha256 } of pieces) {
      for (const method of ['DELETE', 'PUT', 'POST', 'PATCH'])
        for (const path of [`/v1/evidence/blobs/${blob}`, `/v1/evidence/${sha256}`, '/v1/retention'])
          expect((await workstation.client.call({ method, path })).status).toBe(404);
      const ended = await workstation.client.call({
        method: 'DELETE',
        path: `/v1/evidence/uploads/${sha256}`,
        headers: { 'tus-resumable': '1.0.0' },
      });
      expect(codeOf(ended)).toBe('evidence-upload-closed');
      expect(await destroyDue(archive, { hashes: [sha256], basis: 'x' })).toMatchObject({
        refusal: { code: 'retention-not-over' },
      });
    }
    for (const { blob } of pieces) expect((await blobOf(blob)).status).toBe(200);
  });

  it('is counted for whoever reads operations, and for nobody else', async () => {
    const ca = createTestCa({ demo: true, now: Date.now, keys: 'ec-p256' });
    must(
      await server.administration.importAnchors({
        anchors: [ca.rootCertificate],
        intermediates: [ca.issuingCertificate],
      }),
    );
    for (const list of ca.crls()) must(await server.administration.importCrl(list));
    const officer = issuePerson({ ca, n: 1, name: 'Серікова Айгүл', roles: ['security-officer'] });
    const reviewer = issuePerson({ ca, n: 2, name: 'Иванов Пётр', roles: ['reviewer'] });
    const answers: Answer[] = [];
    for (const person of [officer, reviewer]) {
      must(await addStaff(server, person));
      const { token } = endpoints.signIn.response.parse((await workstation.signIn(person)).json);
      answers.push(await workstation.client.call({ method: 'GET', path: '/v1/retention', token }));
    }
    const [counted, refused] = answers;
    const view = endpoints.retention.response.parse(counted?.json);
    expect(view.classes[0]).toMatchObject({ class: 'screenshot', online: { count: 1 }, archived: { count: 2 } });
    expect(view).toMatchObject({ segments: { count: 1 }, lastSegment: { outcome: 'good', blobs: 2 } });
    expect(refused === undefined ? '' : codeOf(refused)).toBe('read-not-allowed');
  });
});
