import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { evidenceSubject } from '../../core/evidence/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { destroyedItemsMax, destruction, type DestructionDocument } from '../../contracts/documents/index.ts';
import { readSignedDocuments, recordDocument } from '../accounts/index.ts';
import { destroyEvidenceKey, type DestructionAnswer } from '../store/index.ts';
import type { ArchivePlace } from './place.ts';
import { checkLeaves, readRules, retainedEvidence, type RetainedEvidence, type RulesRefusal } from './rules.ts';
import type { TimeStampRefusal } from './time-stamp.ts';

export type DestroyRefusal =
  | RulesRefusal
  | TimeStampRefusal
  | Exclude<DestructionAnswer, 'destroyed'>
  | 'document-malformed'
  | 'destruction-too-large';

/** What to destroy: pieces of evidence by the hash of their plaintext, or all whose time is over. */
export type DestroyRequest = { readonly hashes: readonly Sha256Hex[] | 'all-due'; readonly basis: string };

/** Thrown within the transaction, so that it takes nothing; told as a refusal. */
class Refused extends Error {
  readonly answer: Exclude<DestructionAnswer, 'destroyed'>;

  constructor(answer: Exclude<DestructionAnswer, 'destroyed'>) {
    super(answer);
    this.answer = answer;
  }
}

type BySubject = ReadonlyMap<Sha256Hex, readonly RetainedEvidence[]>;

/** Every ciphertext of a plaintext opens by one key: all of them go, or none. */
async function itemsBySubject(place: ArchivePlace, nowMs: number): Promise<Result<BySubject, RulesRefusal>> {
  const rules = await readRules(place.desk);
  if (!rules.ok) return rules;
  const items = new Map<Sha256Hex, RetainedEvidence[]>();
  for await (const item of retainedEvidence(place.desk, rules.value, nowMs)) {
    const hash = item.row.sha256 as Sha256Hex;
    items.set(hash, [...(items.get(hash) ?? []), item]);
  }
  return ok(items);
}

/** Why a piece of evidence may not be destroyed now; `undefined` where it may. */
function objectionTo(
  items: readonly RetainedEvidence[],
  nowMs: number,
): Exclude<DestructionAnswer, 'destroyed'> | undefined {
  if (items.length === 0) return 'evidence-unknown';
  if (items.every(({ row }) => row.destroyed_at_ms !== null)) return 'evidence-destroyed';
  if (items.some(({ due }) => nowMs < due.archiveUntilMs)) return 'retention-not-over';
  if (items.some(({ due }) => due.holds.length > 0)) return 'retention-held';
  return items.some(({ row }) => row.segment === null) ? 'archive-not-held' : undefined;
}

function choose(
  { hashes }: DestroyRequest,
  items: BySubject,
  nowMs: number,
): Result<readonly Sha256Hex[], Exclude<DestructionAnswer, 'destroyed'>> {
  if (hashes === 'all-due')
    return ok([...items].filter(([, group]) => objectionTo(group, nowMs) === undefined).map(([hash]) => hash));
  for (const hash of hashes) {
    const objection = objectionTo(items.get(hash) ?? [], nowMs);
    if (objection !== undefined) return refuse(objection, { sha256: hash });
  }
  return ok([...new Set(hashes)]);
}

function documentOf(
  place: ArchivePlace,
  about: { readonly version: number; readonly basis: string; readonly decidedAtMs: number },
  items: readonly RetainedEvidence[],
): Result<DestructionDocument, 'document-malformed'> {
  const { platform, profile } = place.desk.identity;
  const parsed = destruction.safeParse({
    form: 'qorgan.destruction/1',
    platform,
    profile,
    ...about,
    items: items.map(({ row, class: name, schedules, due }) => ({
      leafIndex: row.leaf_index,
      blob: row.blob,
      class: name,
      archiveUntilMs: due.archiveUntilMs,
      schedules: { atAcceptance: schedules.atAcceptance.version, newest: schedules.newest.version },
    })),
  });
  return parsed.success ? ok(parsed.data) : refuse('document-malformed');
}

/** Keys and document in one transaction: the database refuses by its own clock and tables, and then nothing has happened. */
async function record(
  place: ArchivePlace,
  document: DestructionDocument,
  hashes: readonly Sha256Hex[],
): Promise<Result<DestructionDocument, Exclude<DestructionAnswer, 'destroyed'>>> {
  const { version } = document;
  const text = canonicalize(document as unknown as Json);
  try {
    await recordDocument(place.desk, { kind: 'destruction', subject: 'platform', version, text }, async (session) => {
      for (const hash of hashes) {
        const answer = await destroyEvidenceKey(session, hash);
        if (answer !== 'destroyed') throw new Refused(answer);
      }
    });
  } catch (error) {
    if (error instanceof Refused) return refuse(error.answer);
    throw error;
  }
  place.desk.subjectKeys.forget(hashes.map(evidenceSubject));
  return ok(document);
}

/**
 * Destroys the keys of evidence whose time in the archive is over and that nobody holds (crypto-shred), and records by which rule. Three
 * clocks must agree that it is over: the server's, the database's, and that of a time-stamping authority. Leaves, ciphertexts and
 * segments stay, and go on verifying. All that was asked for, or nothing. Answers `undefined` where nothing was due.
 */
export async function destroyDue(
  place: ArchivePlace,
  request: DestroyRequest,
): Promise<Result<DestructionDocument | undefined, DestroyRefusal>> {
  if (!(await place.settle())) return refuse('log-behind');
  const leaves = await checkLeaves(place.desk);
  if (!leaves.ok) return leaves;
  const stamped = await place.stamps.ask(Buffer.from(`qorgan destruction ${request.basis}`));
  if (!stamped.ok) return stamped;
  // The earlier clock decides: one that runs ahead destroys nothing early.
  const nowMs = Math.min(stamped.value.atMs, place.desk.surroundings.nowMs());
  const items = await itemsBySubject(place, nowMs);
  if (!items.ok) return items;
  const chosen = choose(request, items.value, nowMs);
  if (!chosen.ok) return chosen;
  if (chosen.value.length === 0) return ok(undefined);
  const named = chosen.value.flatMap((hash) => items.value.get(hash) ?? []);
  if (named.length > destroyedItemsMax) return refuse('destruction-too-large', { itemsMax: destroyedItemsMax });
  const before = await readSignedDocuments(place.desk, 'destruction');
  const version = before.documents.length + before.rejected + 1;
  const document = documentOf(place, { version, basis: request.basis, decidedAtMs: nowMs }, named);
  return document.ok ? record(place, document.value, chosen.value) : document;
}
