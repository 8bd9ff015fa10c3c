import { join } from 'node:path';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { words } from '../../locales/index.ts';
import { logKeysOf, verifySegment, type ArchivePlace } from '../../server/archive/index.ts';
import { readSegments, writeArchiveCheck } from '../../server/store/index.ts';
import { refused, type Answer, type Command, type Surroundings } from '../kit/index.ts';
import { placeOptions } from '../server/index.ts';
import { withArchiveOf } from './archive.ts';

async function verifyOne(archive: ArchivePlace, name: string, sha256: string): Promise<string> {
  const { desk, folder, stamps } = archive;
  const nowMs = desk.surroundings.nowMs();
  const report = await verifySegment(join(folder, name), {
    platform: desk.identity.platform,
    logKeys: await logKeysOf(desk),
    stamps,
    nowMs,
    sha256: sha256 as Sha256Hex,
  });
  const outcome = report.ok ? 'good' : report.refusal.code;
  await writeArchiveCheck(desk.database, { segment: name, outcome, at_ms: nowMs });
  return outcome;
}

async function verifyAll(archive: ArchivePlace, { locale, tell }: Surroundings): Promise<Answer> {
  const segments = await readSegments(archive.desk.database);
  const bad: { name: string; reason: string }[] = [];
  for (const { name, sha256 } of segments) {
    const outcome = await verifyOne(archive, name, sha256);
    tell({ exit: 0, facts: { name, outcome }, lines: [words(locale, 'cli.archive.checked', { name, outcome })] });
    if (outcome !== 'good') bad.push({ name, reason: outcome });
  }
  const [first] = bad;
  if (first !== undefined) {
    const answer = refused(locale, { code: first.reason, details: { file: first.name, reason: first.reason } });
    return { ...answer, facts: { ...answer.facts, bad } };
  }
  const count = segments.length;
  return { exit: 0, facts: { segments: count }, lines: [words(locale, 'cli.archive.verified', { count })] };
}

/** `qorgan archive verify`: reads every segment that the log names, whole, and notes when. */
export const archiveVerify: Command = {
  shape: { operands: [], options: placeOptions },
  run: (given, around) => withArchiveOf(given, around, (archive) => verifyAll(archive, around)),
};
