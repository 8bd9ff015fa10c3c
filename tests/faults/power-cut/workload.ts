import { appendFileSync } from 'node:fs';
import { durable, type Durability } from '../../../native/vault-host/index.ts';
import { nextSubmission, TestVault, utf8 } from '../../vault/vault.ts';
import { startMs, TestPlatform } from '../../vault/platform.ts';

/**
 * What the vault has answered so far, one line after each answer; `passphrases` has two while one is being changed, and
 * `others` are slots that may be there.
 */
export type Acknowledged = {
  readonly slotId: string;
  readonly entries: number;
  readonly acts: number;
  readonly lastActHash: string;
  readonly passphrases: readonly string[];
  /** A second slot: surely there, perhaps there, surely gone. */
  readonly second: { readonly slotId: string; readonly state: 'there' | 'perhaps' | 'gone' } | null;
};

const [directory = '', acknowledgements = '', fault = 'none'] = process.argv.slice(2);

/** The faults that the suite must find, each a durability that was taken away. */
const faults: Readonly<Record<string, Durability>> = {
  none: durable,
  'journal-not-synced': { ...durable, synchronous: 'OFF' },
  'files-not-synced': { ...durable, syncFile: () => undefined },
  'folder-not-synced': { ...durable, syncFolder: () => undefined },
};

const vault = new TestVault({ directory, durability: faults[fault] ?? durable });
const platform = new TestPlatform();
let told: Acknowledged = { slotId: '', entries: 0, acts: 0, lastActHash: '', passphrases: ['first'], second: null };

function acknowledge(change: Partial<Acknowledged>): void {
  told = { ...told, ...change };
  appendFileSync(acknowledgements, `${JSON.stringify(told)}\n`);
}

async function heads() {
  const { acts, entries } = await vault.must('heads', null);
  return { acts: acts.sequence, entries: entries.sequence, lastActHash: acts.sequence === 0 ? '' : acts.hash };
}

let n = 0;
async function submit(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    n += 1;
    const act = await nextSubmission(vault, n);
    await vault.must('acts.append', { envelope: act.envelope, cms: act.cms, atMs: startMs + n });
    acknowledge(await heads());
    if (n % 3 !== 0) continue;
    const taken = platform.take(act, epoch);
    const document = { document: taken.promise.document, signatures: [...taken.promise.signatures] };
    await vault.must('entries.append', {
      entry: { kind: 'promise', body: { actionId: act.actionId, document } },
      atMs: startMs + n,
    });
    await vault.must('entries.append', {
      entry: { kind: 'receipt', body: { actionId: act.actionId, proof: platform.receipt(taken) } },
      atMs: startMs + n,
    });
    acknowledge(await heads());
  }
}

const slot = { kind: 'passphrase', label: 'A', passphrase: utf8('first') } as const;
const created = await vault.must('vault.create', { profile: 'demo', slots: [slot], nowMs: startMs });
const { epoch } = created;
const slotId = created.slots[0]?.id ?? '';
acknowledge({ slotId });
const bundle = platform.bundle({ publicKey: created.devicePublicKey, epoch });
await vault.must('vault.bind', {
  bundle: { document: bundle.document, signatures: [...bundle.signatures] },
  nowMs: startMs,
});
acknowledge(await heads());

async function changePassphrase(from: string, to: string): Promise<void> {
  acknowledge({ passphrases: [from, to] });
  await vault.must('slots.rewrap', {
    kind: 'passphrase',
    slotId,
    passphrase: utf8(from),
    newPassphrase: utf8(to),
    nowMs: startMs + n,
  });
  acknowledge({ passphrases: [to], ...(await heads()) });
}

for (let round = 0; round < 3; round += 1) {
  await submit(20);
  const added = await vault.must('slots.add', {
    slot: { kind: 'passphrase', label: 'B', passphrase: utf8('second') },
    nowMs: startMs + n,
  });
  acknowledge({ second: { slotId: added.id, state: 'there' }, ...(await heads()) });
  await changePassphrase(round === 0 ? 'first' : `round ${round - 1}`, `round ${round}`);
  await submit(10);
  await vault.must('slots.rotate', { nowMs: startMs + n });
  acknowledge(await heads());
  await submit(10);
  acknowledge({ second: { slotId: added.id, state: 'perhaps' } });
  await vault.must('slots.remove', { slotId: added.id, nowMs: startMs + n });
  acknowledge({ second: { slotId: added.id, state: 'gone' }, ...(await heads()) });
}
await submit(20);
vault.vault.close();
acknowledge({});
