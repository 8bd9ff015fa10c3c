import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  recordCount,
  recordHeader,
  recordPlace,
  recordSizeBytes,
  sealRecord,
  type EvidenceClass,
} from '../../../core/evidence/index.ts';
import type { DeviceId, Sha256Hex } from '../../../core/kernel/index.ts';
import { canonicalize } from '../../../core/signing/index.ts';
import { createTestCa, type TestCa } from '../../../dev/ca/index.ts';
import { recordDocument } from '../../../server/accounts/index.ts';
import type { ArchivePlace } from '../../../server/archive/index.ts';
import {
  initPlatform,
  openAdministration,
  realSurroundings,
  type OpenAdministration,
  type PlatformPlace,
} from '../../../server/boot/index.ts';
import { recordCipher } from '../../../server/evidence/index.ts';
import { insertBlob } from '../../../server/store/index.ts';
import { must, testFolder } from './platform.ts';
import { testStamps, type TestStamps } from './stamps.ts';

/** A platform with an archive, a time-stamping authority, and a clock that a test turns. */
export type ArchiveWorld = {
  readonly directory: string;
  readonly place: PlatformPlace;
  readonly clock: { nowMs: number };
  readonly ca: TestCa;
  readonly stamps: TestStamps;
  administration: OpenAdministration;
  archive: ArchivePlace;
  /** Closes everything and opens it again, as another run would. */
  readonly reopen: () => Promise<void>;
  readonly close: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** Months before now, at the same time of the day. */
export function monthsAgoMs(months: number): number {
  const then = new Date();
  then.setUTCMonth(then.getUTCMonth() - months, Math.min(then.getUTCDate(), 28));
  return then.getTime();
}

async function open(world: Pick<ArchiveWorld, 'place' | 'stamps'>) {
  const administration = must(await openAdministration(world.place));
  const archive = { ...must(await administration.archive()), stamps: world.stamps };
  return { administration, archive };
}

/** Makes a platform whose first day was `nowMs`. */
export async function startArchiveWorld(nowMs: number): Promise<ArchiveWorld> {
  const directory = testFolder();
  const clock = { nowMs };
  const surroundings = { ...realSurroundings, nowMs: () => clock.nowMs };
  const place: PlatformPlace = { directory, surroundings };
  const about = { profile: 'demo', operatorName: '«Қорған» АҚ', url: 'https://127.0.0.1:7443' } as const;
  must(await initPlatform({ ...place, ...about }));
  // The certificate of the time-stamping authority is of today: years ago there was another one.
  const ca = createTestCa({ demo: true, now: () => Date.now(), keys: 'ec-p256' });
  const stamps = testStamps(ca, () => Math.floor(clock.nowMs / 1_000) * 1_000);
  mkdirSync(join(directory, 'evidence'), { recursive: true });
  const opened = await open({ place, stamps });
  let isOpen = true;
  const world: ArchiveWorld = {
    directory,
    place,
    clock,
    ca,
    stamps,
    ...opened,
    close: async () => {
      if (isOpen) await world.administration.close();
      isOpen = false;
    },
    reopen: async () => {
      await world.close();
      Object.assign(world, await open(world));
      isOpen = true;
    },
    remove: async () => {
      await world.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return world;
}

export type Kept = {
  readonly sha256: Sha256Hex;
  readonly blob: Sha256Hex;
  readonly plaintext: Buffer;
  readonly ciphertext: Buffer;
};

/** The sealed form of a plaintext, as an upload has it. */
function sealedOf(plaintext: Buffer, key: Buffer): Buffer {
  const header = recordHeader(randomBytes(8));
  const parts: Uint8Array[] = [header];
  for (let index = 0; index < recordCount(plaintext.length); index += 1) {
    const place = recordPlace(plaintext.length, index);
    const from = index * recordSizeBytes;
    parts.push(sealRecord(recordCipher(key), header, place, plaintext.subarray(from, from + place.plainSizeBytes)));
  }
  return Buffer.concat(parts);
}

/** Takes a piece of evidence in as the examination of an upload does. */
export async function keepEvidence(
  { archive, directory }: Pick<ArchiveWorld, 'archive' | 'directory'>,
  about: { readonly class?: EvidenceClass; readonly case?: string | null; readonly sizeBytes?: number } = {},
): Promise<Kept> {
  const { desk, blobs } = archive;
  const hashOf = (bytes: Uint8Array): Sha256Hex => createHash('sha256').update(bytes).digest('hex') as Sha256Hex;
  const plaintext = randomBytes(about.sizeBytes ?? 3_000);
  const key = randomBytes(32);
  const ciphertext = sealedOf(plaintext, key);
  const [sha256, blob] = [hashOf(plaintext), hashOf(ciphertext)];
  const file = join(directory, 'evidence', `incoming-${sha256}`);
  writeFileSync(file, ciphertext, { flush: true });
  await blobs.put(file, blob);
  rmSync(file);
  const subject = `evidence:${sha256}`;
  const sealed = (await desk.subjectKeys.ensure([subject])).get(subject)?.seal(`evidence-blob ${blob}`, key);
  if (sealed === undefined) throw new Error('the subject has a key');
  const [className, caseId] = [about.class ?? 'screenshot', about.case ?? null];
  const text = canonicalize({ form: 'qorgan.evidence/1', blob, class: className });
  await recordDocument(desk, { kind: 'evidence', subject, text }, (session, leafId) =>
    insertBlob(session, {
      leaf_id: leafId,
      blob,
      size_bytes: ciphertext.length,
      device: randomUUID() as DeviceId,
      sha256,
      class: className,
      case_id: caseId,
      verdict: 'clean',
      sealed,
      at_ms: desk.surroundings.nowMs(),
    }),
  );
  await archive.settle();
  return { sha256, blob, plaintext, ciphertext };
}
