import { fromBase64, ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { AlarmHeads, LogAlarm } from '../../../core/journal/index.ts';
import { wireDocument } from '../../../contracts/documents/index.ts';
import type { VaultOutput } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { raiseAlarm, takeUpAlarms, type AlarmDetails } from './alarm.ts';
import { readCheckpoint, type TreeHead } from './tree-head.ts';

/** Says what contradicts what, with both heads as proof; from then on the vault takes nothing of the server. */
export async function raiseLogAlarm(
  engine: Engine,
  code: LogAlarm,
  found: { readonly heads: AlarmHeads; readonly details?: AlarmDetails | undefined },
): Promise<void> {
  const { cosigner, ...heads } = found.heads;
  const signer = cosigner === undefined ? {} : { cosigner: wireDocument(cosigner) };
  await raiseAlarm(engine, code, undefined, found.details, { ...heads, ...signer });
  // Whoever reads the alarm reads it from the journal, with both heads.
  await takeUpAlarms(engine);
}

/** Shifts whose server took the own head while an alarm stood. */
const published = new WeakSet<Shift>();

/**
 * Gives the server the own cosignature of the head that was seen before the log lied, so that every other workstation of this server
 * learns of it. The alarm does not wait for it: where the line broke, or the workstation was put to rest, each round tries again.
 */
export async function publishOwnHead(engine: Engine, shift: Shift): Promise<void> {
  if (published.has(shift)) return;
  const heads = await engine.vault.call('heads', null);
  if (!heads.ok) return;
  const input = { note: heads.value.tree.note, hashes: [], atMs: engine.options.clock.nowMs() };
  const cosigned = await engine.vault.call('log.cosign', input);
  if (!cosigned.ok) return;
  const answer = await shift.client.call('cosignatures', { body: { ...cosigned.value, after: 0 } });
  if (answer.ok) published.add(shift);
}

type Standing = VaultOutput<'vault.status'>['standing'][number];

async function headsOf(engine: Engine, entry: number): Promise<AlarmHeads | undefined> {
  const read = await engine.vault.call('entries.list', { before: entry + 1, limit: 1, kinds: ['alarm'] });
  const body = read.ok ? read.value.items[0]?.body : undefined;
  return body === undefined ? undefined : (JSON.parse(body) as { readonly heads?: AlarmHeads }).heads;
}

/** Asks the server for the proof that both heads are states of one log; the vault judges it. */
async function explain(engine: Engine, shift: Shift, { entry }: Standing): Promise<void> {
  const heads = await headsOf(engine, entry);
  const [own, other] = [heads?.own, heads?.other].map((note) => readCheckpoint(shift.enrolment, note ?? ''));
  if (own?.ok !== true || other?.ok !== true) return;
  const [from, to] = [own.value.size, other.value.size].toSorted((a, b) => a - b);
  if (from === undefined || to === undefined || from === to || from === 0) return;
  const proof = await shift.client.call('consistency', { query: { from: String(from), to: String(to) } });
  if (!proof.ok) return;
  const body = { code: 'alarm-explained', details: { entry }, consistency: proof.value.hashes };
  const atMs = engine.options.clock.nowMs();
  await engine.vault.call('entries.append', { entry: { kind: 'alarm', body }, atMs });
}

/**
 * Refuses by the code of the alarm while one about the log stands. Each time the server may explain it, by the one thing
 * that is taken from it then: a proof that both heads are states of one log.
 */
export async function trustLog(engine: Engine, shift: Shift): Promise<Result<null>> {
  const before = await engine.vault.call('vault.status', null);
  if (!before.ok) return before;
  if (before.value.standing.length === 0) return ok(null);
  for (const alarm of before.value.standing) await explain(engine, shift, alarm);
  if (before.value.quarantine === null) await publishOwnHead(engine, shift);
  await takeUpAlarms(engine);
  const after = await engine.vault.call('vault.status', null);
  if (!after.ok) return after;
  const [standing] = after.value.standing;
  return standing === undefined ? ok(null) : refuse(standing.code);
}

/** The tree head that the vault knows, as the sync loop works with it. */
export function treeOf(tree: VaultOutput<'heads'>['tree']): TreeHead {
  const root = fromBase64(tree.root);
  return { size: tree.size, root: root.ok ? root.value : new Uint8Array(32), note: tree.note };
}
