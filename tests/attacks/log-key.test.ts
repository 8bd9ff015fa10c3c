import { afterEach, describe, expect, it } from 'vitest';
import { ok, type Result } from '../../core/kernel/index.ts';
import { formatNoteKey, noteKey, type KeyRotation } from '../../core/log/index.ts';
import type { Engine, Shift } from '../../main/engine/context.ts';
import { readEnrolment } from '../../main/engine/enrolment.ts';
import { makeContact } from '../../main/engine/sync/contact.ts';
import { sha256 } from '../../native/vault-host/hash.ts';
import { newKey, startMs, type SigningKey } from '../vault/platform.ts';
import { enrolledVault, passphraseKey, submitCases, type Enrolled } from '../vault/vault.ts';
import { bearer, playedEngine } from './played-desk.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

type Desk = { readonly engine: Engine; readonly shift: Shift };

/** What a dishonest server answers in the place of its own. */
type Lies = { readonly rotations?: readonly KeyRotation[]; readonly checkpoint?: string };
type Seen = { readonly size: number; readonly root: string; readonly note: string };

/** A workstation at work, and a server that answers from the platform in memory. */
async function desk(rotations: readonly KeyRotation[], lies: Lies = {}, seen?: Seen): Promise<Desk> {
  const { vault, platform } = enrolled;
  const status = await vault.must('vault.status', null);
  const enrolment = status.enrolment === null ? undefined : readEnrolment(status.enrolment.bundle);
  if (enrolment?.ok !== true) throw new Error('the vault is bound');
  const { epoch, acts, entries, tree } = await vault.must('heads', null);
  const own = seen ?? tree;
  const answers: Readonly<Record<string, (query: Record<string, string>) => unknown>> = {
    contact: () => ({
      statement: platform.statement({ epoch, acts, entries, entriesBefore: entries }),
      witnessConflicts: [],
      standingAlarms: 0,
      ...{ held: { epoch, acts, entries }, serverTimeMs: startMs, policyVersion: 1, changesPosition: 0, mirrors: [] },
      checkpoint: lies.checkpoint ?? platform.checkpoint(),
      consistency: platform.consistency(own.size, platform.size),
    }),
    cosignatures: () => ({ cosignatures: [], position: 0 }),
    logKeys: () => ({ rotations: lies.rotations ?? rotations }),
    consistency: ({ from = '', to = '' }) => ({ hashes: platform.consistency(Number(from), Number(to)) }),
  };
  const call = (name: string, options: { query?: Record<string, string> } = {}): Promise<Result<unknown>> =>
    Promise.resolve(ok(answers[name]?.(options.query ?? {})));
  const clock = { nowMs: () => startMs + 60_000, monotonicMs: () => performance.now() };
  const engine = playedEngine({ vault: seen === undefined ? vault : seeing(seen), options: { clock } });
  return { engine, shift: { enrolment: enrolment.value, client: { call }, ...bearer } as unknown as Shift };
}

/** The vault as if it had seen this tree. */
function seeing(tree: Seen): Pick<typeof enrolled.vault, 'call'> {
  const call = async (verb: never, input: never): Promise<Result<unknown>> => {
    const answer = await enrolled.vault.call(verb, input);
    return verb === 'heads' && answer.ok ? ok({ ...(answer.value as object), tree }) : answer;
  };
  return { call } as unknown as Pick<typeof enrolled.vault, 'call'>;
}

const alarms = ({ engine }: Desk): readonly string[] => engine.state.alarms.map(({ code }) => code);

async function contact(at: Desk): Promise<string | number> {
  const made = await makeContact(at.engine, at.shift);
  return made.ok ? made.value.head.size : made.refusal.code;
}

async function pinnedByVault(): Promise<readonly string[]> {
  const { enrolment } = await enrolled.vault.must('vault.status', null);
  return enrolment?.logKeys.map(({ key }) => key) ?? [];
}

const vkeyOf = ({ publicKey }: SigningKey): string =>
  formatNoteKey(noteKey(sha256, { name: enrolled.platform.origin, publicKey }));

/** A platform whose log has some leaves. */
async function logOf(count: number): Promise<void> {
  enrolled = await enrolledVault();
  for (const act of await submitCases(enrolled.vault, count)) enrolled.platform.take(act, enrolled.epoch);
}

describe('a workstation whose log changed its key', () => {
  it('follows each change from the key that it pinned, keeps the new pin in its journal, and raises no alarm', async () => {
    await logOf(3);
    const { vault, platform, slotId } = enrolled;
    const rotations = [platform.rotate(), platform.rotate()];
    const at = await desk(rotations);
    expect([await contact(at), alarms(at)]).toEqual([5, []]);
    expect((await pinnedByVault()).at(-1)).toBe(vkeyOf(platform.logKey));
    // What comes later is followed from there, and nothing is followed twice.
    const more = platform.rotate();
    const again = await desk([...rotations, more]);
    again.shift.enrolment.logPins = at.shift.enrolment.logPins;
    expect([await contact(again), alarms(again)]).toEqual([6, []]);
    await vault.must('vault.close', null);
    await vault.must('vault.open', passphraseKey(slotId));
    expect(await pinnedByVault()).toHaveLength(3);
    const { items } = await vault.must('entries.list', { before: null, limit: 9, kinds: ['log-key'] });
    expect(items).toHaveLength(3);
    const entry = { kind: 'checkpoint', body: { note: platform.checkpoint() } } as const;
    expect(await vault.code('entries.append', { entry, atMs: startMs })).toBe('done');
    expect(await vault.must('journal.check', null)).toMatchObject({ acts: 3 });
  });

  it('proves receipts by the key that may sign their tree, before and after', async () => {
    enrolled = await enrolledVault();
    const { vault, platform, epoch } = enrolled;
    const prove = async (): Promise<void> => {
      // The second act comes after the contact, by the clock too.
      const [act] = await submitCases(vault, 1, platform.size === 0 ? 1 : 70_000);
      if (act === undefined) throw new Error('an act');
      const taken = platform.take(act, epoch);
      const document = { document: taken.promise.document, signatures: [...taken.promise.signatures] };
      const { actionId } = act;
      await vault.must('entries.append', { entry: { kind: 'promise', body: { actionId, document } }, atMs: startMs });
      const entry = { kind: 'receipt', body: { actionId, proof: platform.receipt(taken) } } as const;
      await vault.must('entries.append', { entry, atMs: startMs });
    };
    await prove();
    const at = await desk([platform.rotate()]);
    expect([await contact(at), alarms(at)]).toEqual([2, []]);
    await prove();
    expect(await vault.must('journal.check', null)).toMatchObject({ acts: 2 });
  });

  it('refuses a new key that nothing proves, and alarms', async () => {
    await logOf(2);
    enrolled.platform.seize();
    const at = await desk([]);
    expect([await contact(at), alarms(at)]).toEqual(['note-key-unknown', ['note-key-unknown']]);
    expect(await pinnedByVault()).toEqual([]);
  });

  it('refuses a change that another key signed in the place of the old one, in main and in the vault', async () => {
    await logOf(2);
    const { platform, vault } = enrolled;
    const forged = platform.rotate(newKey());
    platform.seize();
    const at = await desk([forged]);
    expect([await contact(at), alarms(at)]).toEqual(['log-key-change-invalid', ['log-key-change-invalid']]);
    const body = { document: { ...forged.document, signatures: [...forged.document.signatures] }, proof: forged.proof };
    expect(await vault.code('entries.append', { entry: { kind: 'log-key', body }, atMs: startMs })).toBe(
      'entry-malformed',
    );
    expect(await pinnedByVault()).toEqual([]);
  });

  it('refuses a proven change whose head does not extend the tree that it saw: that is a fork', async () => {
    await logOf(3);
    const seen = { size: 2, root: Buffer.from(sha256('another tree')).toString('base64'), note: '' };
    const at = await desk([enrolled.platform.rotate()], {}, seen);
    expect([await contact(at), alarms(at)]).toEqual(['log-forked', ['log-forked']]);
    expect(await pinnedByVault()).toEqual([]);
  });

  it('believes the replaced key for no tree any more that the new one signs', async () => {
    await logOf(1);
    const { platform, vault } = enrolled;
    const old = platform.logKey;
    const rotation = platform.rotate();
    const at = await desk([rotation]);
    expect(await contact(at)).toBe(2);
    const stolen = await desk([rotation], { checkpoint: platform.checkpointBy(old) });
    stolen.shift.enrolment.logPins = at.shift.enrolment.logPins;
    expect([await contact(stolen), alarms(stolen)]).toEqual(['note-key-unknown', ['note-key-unknown']]);
    const entry = { kind: 'checkpoint', body: { note: platform.checkpointBy(old) } } as const;
    expect(await vault.code('entries.append', { entry, atMs: startMs })).toBe('entry-malformed');
  });
});
