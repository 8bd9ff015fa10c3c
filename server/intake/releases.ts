import type { BlockedAct, Release } from '../../core/access/index.ts';
import { assert, type JournalEpoch } from '../../core/kernel/index.ts';
import { parseLeaf, type Leaf } from '../../core/log/index.ts';
import { isAsRead } from '../../core/replay/index.ts';
import { checkAct } from '../checks/index.ts';
import type { Platform } from '../platform/index.ts';
import { readActsAt, readKnownActs, readLeaves, readPositions, type Row } from '../store/index.ts';
import { admitReleased, type Admission, type IntakeContext } from './admission.ts';
import type { BatchAnswer } from './batch.ts';
import { bundleTexts } from '../log/index.ts';
import { judgeStoredAct, type KeptAct } from './stored-act.ts';

/** The outcomes of what came after its signer was blocked or dismissed. */
export const blockedOutcomes: readonly string[] = ['refused:actor-blocked', 'refused:actor-dismissed'];

/** The leaf of a row as the log has it, which no hand in the database can change; `later` until it has a place. */
async function leafOf({ database, log }: Platform, { leaf_id: id }: Row<'act'>): Promise<Leaf | 'later' | undefined> {
  const index = (await readPositions(database, [id])).get(id);
  if (index === undefined || index >= log.size()) return 'later';
  const [text = ''] = bundleTexts(log.readEntries(index, index + 1));
  const leaf = parseLeaf(text);
  return leaf.ok ? leaf.value : undefined;
}

/** What was kept of the act that a release names, where the log says that it was refused for the block alone. */
async function findRefused({ platform }: IntakeContext, act: BlockedAct): Promise<KeptAct | 'later' | undefined> {
  const { database, subjectKeys } = platform;
  const [row] = await readActsAt(database, [act]);
  if (row?.action_id !== act.id || row.envelope_hash !== act.hash) return undefined;
  const leaf = await leafOf(platform, row);
  if (leaf === 'later') return leaf;
  const isRefused =
    leaf !== undefined &&
    blockedOutcomes.includes(leaf.outcome) &&
    leaf.device === act.device &&
    leaf.epoch === act.epoch;
  const [placed] = await readLeaves(database, [row.leaf_id]);
  const key = (await subjectKeys.known([row.subject])).get(row.subject);
  if (!isRefused || placed === undefined || key === undefined) return undefined;
  const judged = judgeStoredAct(leaf, { row, opening: placed.opening, key });
  return 'kept' in judged ? judged.kept : undefined;
}

type Place = { readonly release: Release; readonly act: BlockedAct; readonly sequence: number };

/** The act as it is received again; `undefined` where nothing can be: it is not what was let in, or its device is none any more. */
async function admissionOf(
  context: IntakeContext,
  { release, act, sequence }: Place,
): Promise<Admission | 'later' | undefined> {
  const { platform, registry } = context;
  const kept = await findRefused(context, act);
  if (kept === 'later') return kept;
  const device = registry.device(act.device);
  if (kept === undefined || device?.record.epoch !== act.epoch) return undefined;
  const receivedAtMs = platform.surroundings.nowMs();
  const item = { actionId: act.id, epoch: release.epoch, sequence, envelope: kept.envelope };
  const checked = checkAct(registry.trust(), { ...item, cms: kept.cms.toString('base64') }, receivedAtMs);
  const { envelope } = checked;
  if (!envelope.ok || !isAsRead(release, act, envelope.value)) return undefined;
  return admitReleased(context, { device, act: checked, envelope: envelope.value, receivedAtMs });
}

/**
 * Receives again what two people let in of blocked people, each act once, in the order of its release and with a leaf of its own. What is
 * left over after a failure or a stop is received at the next call: whether an act was is told by the tables, which the replay has judged.
 */
export function createReleases(
  context: IntakeContext,
  { enqueue }: { readonly enqueue: (admission: Admission) => Promise<BatchAnswer> },
): () => Promise<void> {
  const done = new Set<JournalEpoch>();
  let running: Promise<void> | undefined;

  /** False where something of it cannot be received yet. */
  async function receive(release: Release): Promise<boolean> {
    const { epoch, acts } = release;
    const keys = acts.map(({ device, id }) => ({ device, epoch, actionId: id }));
    const known = new Map((await readKnownActs(context.platform.database, keys)).map((row) => [row.action_id, row]));
    const last = new Map<string, number>();
    for (const act of acts) {
      const sequence = known.get(act.id)?.sequence ?? (last.get(act.device) ?? 0) + 1;
      const admission = known.has(act.id) ? undefined : await admissionOf(context, { release, act, sequence });
      if (admission === 'later') return false;
      if (admission !== undefined) {
        const answer = await enqueue(admission);
        assert(answer.ok, 'intake: an act that is received again has its place');
      }
      if (admission !== undefined || known.has(act.id)) last.set(act.device, sequence);
    }
    return true;
  }

  async function receiveAll(): Promise<void> {
    for (const release of context.registry.rights()?.releases.values() ?? []) {
      if (done.has(release.epoch)) continue;
      if (await receive(release)) done.add(release.epoch);
    }
  }

  return () =>
    (running ??= receiveAll().finally(() => {
      running = undefined;
    }));
}
