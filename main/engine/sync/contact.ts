import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { quarantineReasons, type LogAlarm } from '../../../core/journal/index.ts';
import { isMirrorWeak, type ContactResponse } from '../../../contracts/http/index.ts';
import type { Engine, Shift } from '../context.ts';
import { isOffline } from '../sign-in.ts';
import { raiseAlarm } from './alarm.ts';
import { learnCompromise, lostCode } from './compromise.ts';
import { exchangeCosignatures } from './cosign.ts';
import { publishOwnHead, raiseLogAlarm, treeOf } from './log-alarm.ts';
import { orFollowed } from './follow-log-key.ts';
import { advance, type TreeHead } from './tree-head.ts';

const statementCodes = new Set(['statement-invalid', 'statement-forgotten']);

/** What a contact left behind: the tree head, and how far the server's changes go. */
export type Contact = { readonly head: TreeHead; readonly changesPosition: number; readonly policyVersion: number };

async function checkHeld(engine: Engine, answer: ContactResponse): Promise<Result<null>> {
  const { held, statement } = answer;
  const checked = await engine.vault.call('contact.check', { held, statement, atMs: engine.options.clock.nowMs() });
  if (checked.ok) return checked;
  const { code } = checked.refusal;
  const quarantine = quarantineReasons.find((reason) => reason === code);
  if (quarantine !== undefined) {
    engine.state.quarantine = quarantine;
    engine.emit('app.changed');
  }
  if (statementCodes.has(code)) await raiseAlarm(engine, code);
  return checked;
}

/** The head that the server shows, where it contains what was seen before; else an alarm with both heads. */
async function checkTree(
  engine: Engine,
  shift: Shift,
  known: TreeHead,
  answer: ContactResponse,
): Promise<Result<TreeHead>> {
  const { checkpoint: note, consistency: hashes } = answer;
  const shown = { enrolment: shift.enrolment, known, note, hashes };
  const head = await orFollowed(engine, shift, known, { first: advance(shown), again: () => advance(shown) });
  if (head.ok) return head;
  const { code, details } = head.refusal;
  if (code === 'log-forked' || code === 'log-rewound') {
    await raiseLogAlarm(engine, code satisfies LogAlarm, { heads: { own: known.note, other: note }, details });
    await publishOwnHead(engine, shift);
    // The way to the proof of a new key may be cut: that is no finding about the log.
  } else if (!isOffline(code)) await raiseAlarm(engine, code);
  return head;
}

/** The opening of the emergency account is told wherever rights are read, and stays until two people closed its alarm. */
function noteAlarms(engine: Engine, standing: number): void {
  if (engine.state.standingAlarms === standing) return;
  engine.state.standingAlarms = standing;
  engine.emit('app.changed');
}

/**
 * One contact: this device states the heads of both chains, the server states what it holds. A vault that lacks what the server
 * holds was rolled back or cloned and is quarantined; a log that does not contain the tree seen before raises an alarm. The head
 * that holds is cosigned, and what others cosigned is checked against it.
 */
export async function makeContact(engine: Engine, shift: Shift): Promise<Result<Contact>> {
  const { clock } = engine.options;
  const heads = await engine.vault.call('heads', null);
  if (!heads.ok) return heads;
  const { epoch, acts, entries, tree } = heads.value;
  const known = treeOf(tree);
  const askedAtMs = clock.nowMs();
  const answer = await shift.client.call('contact', {
    body: {
      ...{ form: 'qorgan.contact/1', epoch, heads: { acts, entries }, knownTreeSize: known.size },
      actor: { iin: shift.iin, certificate: shift.signer.sha256 },
    },
  });
  if (!answer.ok) {
    if (answer.refusal.code === lostCode) await learnCompromise(engine, shift);
    return answer;
  }
  engine.serverClock.learn(answer.value.serverTimeMs, askedAtMs);
  // The log first: a log that was rewritten explains whatever else is wrong.
  const head = await checkTree(engine, shift, known, answer.value);
  if (!head.ok) return head;
  const held = await checkHeld(engine, answer.value);
  if (!held.ok) return held;
  for (const witness of answer.value.witnessConflicts)
    await raiseAlarm(engine, 'witness-conflict', undefined, { witness: witness.slice(0, 256) });
  const cosigned = await exchangeCosignatures(engine, shift, head.value, answer.value.consistency);
  if (!cosigned.ok) return cosigned;
  const { mirrors: told, serverTimeMs } = answer.value;
  const mirrors = told.map((mirror) => ({
    ...{ name: mirror.name, cosignedAtMs: mirror.cosignedAtMs },
    isWeak: isMirrorWeak(mirror, serverTimeMs),
  }));
  // Of a server whose log and statement hold: a shift that began without it is told of a block, or of a card that counts no more, here.
  const { actor } = answer.value;
  if (actor !== undefined && actor !== null) return refuse(actor);
  noteAlarms(engine, answer.value.standingAlarms);
  engine.state.log = { ...engine.state.log, treeSize: head.value.size, checkedAtMs: clock.nowMs(), mirrors };
  return ok({
    head: head.value,
    changesPosition: answer.value.changesPosition,
    policyVersion: answer.value.policyVersion,
  });
}
