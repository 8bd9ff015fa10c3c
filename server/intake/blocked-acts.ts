import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { blockedActsMax, type BlockedActsView } from '../../contracts/http/index.ts';
import type { Iin } from '../../core/kernel/index.ts';
import { readActsOf, readBlockedActs, readPositions, type Row } from '../store/index.ts';
import type { IntakeContext } from './admission.ts';
import { openKept, type KeptAct } from './stored-act.ts';

/** Acts looked through for one person: with a device in his hand he could send many, and each is unsealed. */
const lookedAtMax = 512;

type Opened = { readonly row: Row<'act'>; readonly kept: KeptAct };

/** Those of one person among the newest acts that came after a block, of which the log has the refusal. */
async function openBlocked({ platform }: IntakeContext, iin: Iin): Promise<readonly Opened[]> {
  const { database, subjectKeys } = platform;
  const rows = await readBlockedActs(database, lookedAtMax);
  const keys = await subjectKeys.known(rows.map((row) => row.subject));
  const places = await readPositions(
    database,
    rows.map((row) => row.leaf_id),
  );
  const opened = rows.flatMap((row) => {
    const key = keys.get(row.subject);
    const kept = key === undefined || !places.has(row.leaf_id) ? undefined : openKept(key, row);
    const envelope = kept === undefined ? undefined : parseActEnvelope(kept.envelope);
    const isHis = envelope?.ok === true && envelope.value.actor.iin === iin && envelope.value.epoch === row.epoch;
    return kept !== undefined && isHis ? [{ row, kept }] : [];
  });
  return opened.slice(0, blockedActsMax);
}

/** What came of a person after his block, newest first, and what became of each that was let in. */
export async function blockedActsOf(context: IntakeContext, iin: Iin): Promise<BlockedActsView> {
  const opened = await openBlocked(context, iin);
  const releases = context.registry.rights()?.releases;
  const keys = opened.map(({ row }) => ({ device: row.device, actionId: row.action_id }));
  const again = new Map(
    (await readActsOf(context.platform.database, keys))
      .filter(({ epoch }) => releases?.has(epoch as Parameters<typeof releases.has>[0]) === true)
      .map((row) => [row.action_id, row]),
  );
  return {
    acts: opened.map(({ row, kept }) => {
      const released = again.get(row.action_id);
      return {
        ...{ envelope: kept.envelope, cms: kept.cms.toString('base64'), receivedAtMs: row.received_at_ms },
        released: released === undefined ? null : { outcome: released.outcome, receivedAtMs: released.received_at_ms },
      };
    }),
  };
}
