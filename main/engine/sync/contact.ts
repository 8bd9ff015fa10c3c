import { ok, type Result } from '../../../core/kernel/index.ts';
import { isMirrorWeak } from '../../../contracts/http/index.ts';
import type { Engine, Shift } from '../context.ts';
import { isOffline } from '../sign-in.ts';
import { raiseAlarm } from './alarm.ts';
import { orFollowed } from './follow-log-key.ts';
import { advance, type TreeHead } from './tree-head.ts';

const quarantineCodes = new Set(['journal-rolled-back', 'journal-diverged', 'journal-epoch-unknown']);

/** What a contact left behind: the tree head, and how far the server's changes go. */
export type Contact = { readonly head: TreeHead; readonly changesPosition: number; readonly policyVersion: number };

/**
 * One contact: this device states the heads of both chains, the server states what it holds. A vault that lacks what the server
 * holds was rolled back or cloned and is quarantined; a log that does not contain the tree seen before raises an alarm.
 */
export async function makeContact(engine: Engine, shift: Shift, known: TreeHead): Promise<Result<Contact>> {
  const { clock } = engine.options;
  const heads = await engine.vault.call('heads', null);
  if (!heads.ok) return heads;
  const { epoch, acts, entries } = heads.value;
  const askedAtMs = clock.nowMs();
  const answer = await shift.client.call('contact', {
    body: { form: 'qorgan.contact/1', epoch, heads: { acts, entries }, knownTreeSize: known.size },
  });
  if (!answer.ok) {
    // A log that is shorter than the tree that was seen here was put back: no outage explains that either.
    if (answer.refusal.code === 'tree-size-unknown') await raiseAlarm(engine, 'log-forked');
    return answer;
  }
  engine.serverClock.learn(answer.value.serverTimeMs, askedAtMs);
  const checked = await engine.vault.call('contact.check', { held: answer.value.held, atMs: clock.nowMs() });
  if (!checked.ok) {
    if (quarantineCodes.has(checked.refusal.code)) {
      engine.state.quarantine = checked.refusal.code;
      engine.emit('app.changed');
    }
    return checked;
  }
  const shown = { enrolment: shift.enrolment, known, note: answer.value.checkpoint, hashes: answer.value.consistency };
  const first = advance(shown);
  const head = await orFollowed(engine, shift, known, { first, again: () => advance(shown) });
  if (!head.ok) {
    // The way to the proof of a new key may be cut: that is no finding about the log.
    if (!isOffline(head.refusal.code)) await raiseAlarm(engine, head.refusal.code);
    return head;
  }
  const { mirrors: told, serverTimeMs } = answer.value;
  const mirrors = told.map((mirror) => ({
    ...{ name: mirror.name, cosignedAtMs: mirror.cosignedAtMs },
    isWeak: isMirrorWeak(mirror, serverTimeMs),
  }));
  engine.state.log = { ...engine.state.log, treeSize: head.value.size, checkedAtMs: clock.nowMs(), mirrors };
  return ok({
    head: head.value,
    changesPosition: answer.value.changesPosition,
    policyVersion: answer.value.policyVersion,
  });
}
