import type { ActionId, DeviceId, Sha256Hex } from '../../core/kernel/index.ts';
import { parseLeaf } from '../../core/log/index.ts';
import { makeReceipt } from '../log/index.ts';
import type { Platform } from '../platform/index.ts';
import { readActs, readLeaves, readPositions, type Row } from '../store/index.ts';
import { purposes } from './rows.ts';

function firstOf(rows: readonly Row<'act'>[]): readonly Row<'act'>[] {
  const newestFirst = rows.toSorted((one, other) => other.received_at_ms - one.received_at_ms);
  return [...new Map(newestFirst.map((row) => [row.action_id, row])).values()];
}

/** Whether this text is the leaf of the act: a row that was pointed at another leaf gets no receipt of that one. */
function isLeafOf(act: Row<'act'>, text: string): boolean {
  const leaf = parseLeaf(text);
  if (!leaf.ok) return false;
  const { actionId, device, epoch, sequence, commitment, outcome } = leaf.value;
  const isPlace = device === act.device && epoch === act.epoch && sequence === act.sequence;
  return isPlace && actionId === act.action_id && commitment === act.commitment && outcome === act.outcome;
}

/**
 * Receipts of a device's own acts: `null` where the published tree does not hold the act yet; acts that the server does
 * not hold are left out.
 */
export async function receiptsOf(
  platform: Platform,
  device: DeviceId,
  actionIds: readonly ActionId[],
): Promise<{ readonly actionId: ActionId; readonly receipt: string | null }[]> {
  // What was let in later has another leaf, and the receipt of the device is that of the first.
  const acts = firstOf(await readActs(platform.database, device, actionIds));
  const leafIds = acts.map((act) => act.leaf_id);
  const positions = await readPositions(platform.database, leafIds);
  const leaves = new Map((await readLeaves(platform.database, leafIds)).map((leaf) => [leaf.leaf_id, leaf]));
  const keys = await platform.subjectKeys.ensure(acts.map((act) => act.subject));
  return acts.map((act) => {
    const index = positions.get(act.leaf_id);
    const leaf = leaves.get(act.leaf_id);
    const key = keys.get(act.subject);
    const actionId = act.action_id as ActionId;
    if (index === undefined || leaf === undefined || key === undefined || !isLeafOf(act, leaf.body))
      return { actionId, receipt: null };
    const salt = key.open(purposes.opening, leaf.opening);
    const opening = { leaf: leaf.body, salt, envelope: act.envelope_hash as Sha256Hex, cms: act.cms_hash as Sha256Hex };
    return { actionId, receipt: makeReceipt(platform.log.provenFor(index), index, opening) ?? null };
  });
}
