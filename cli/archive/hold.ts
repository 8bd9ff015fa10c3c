import { caseId, sha256Hex } from '../../contracts/documents/index.ts';
import type { LegalHold } from '../../core/retention/index.ts';
import { words } from '../../locales/index.ts';
import { holdEvidence, releaseHoldOf } from '../../server/archive/index.ts';
import { misuse, refused, type Arguments, type Command } from '../kit/index.ts';
import { placeOptions } from '../server/index.ts';
import { settled, withArchiveOf } from './archive.ts';

function heldBy(given: Arguments): LegalHold['of'] | undefined {
  const held = caseId.safeParse(given.option('case'));
  const hashes = given.all('evidence').map((hash) => sha256Hex.safeParse(hash));
  const read = hashes.flatMap((hash) => (hash.success ? [hash.data] : []));
  if (held.success) return hashes.length === 0 ? { kind: 'case', case: held.data } : undefined;
  const areRead = given.option('case') === undefined && read.length > 0 && read.length === hashes.length;
  return areRead ? { kind: 'evidence', hashes: read } : undefined;
}

/** `qorgan archive hold NAME --basis TEXT (--case ID | --evidence SHA256 …)`: keeps it where it is until it is released. */
export const archiveHold: Command = {
  shape: {
    operands: ['NAME'],
    options: { ...placeOptions, basis: 'required', case: 'optional', evidence: 'repeatable', until: 'optional' },
  },
  run: async (given, around) => {
    const { locale } = around;
    const of = heldBy(given);
    if (of === undefined) return misuse(locale, 'cli.error.argument-missing', { what: '--case | --evidence' });
    const until = given.option('until');
    const untilMs = until === undefined ? null : Date.parse(until);
    if (Number.isNaN(untilMs)) return refused(locale, { code: 'document-malformed' });
    return withArchiveOf(given, around, async (archive) => {
      const [id = ''] = given.operands;
      const held = await holdEvidence(archive.desk, { id, of, basis: given.required('basis'), untilMs });
      if (!held.ok) return refused(locale, held.refusal);
      const lines = [words(locale, 'cli.archive.held', { hold: id })];
      return settled(archive, around, { exit: 0, facts: { hold: id }, lines });
    });
  },
};

/** `qorgan archive release NAME --basis TEXT`: ends a hold; what is due moves at the next run. */
export const archiveRelease: Command = {
  shape: { operands: ['NAME'], options: { ...placeOptions, basis: 'required' } },
  run: (given, around) =>
    withArchiveOf(given, around, async (archive) => {
      const [id = ''] = given.operands;
      const released = await releaseHoldOf(archive.desk, { id, basis: given.required('basis') });
      if (!released.ok) return refused(around.locale, released.refusal);
      const lines = [words(around.locale, 'cli.archive.released', { hold: id })];
      return settled(archive, around, { exit: 0, facts: { hold: id }, lines });
    }),
};
