import { appendFileSync, fsyncSync } from 'node:fs';
import { durable, type Durability } from '../../../native/vault-host/index.ts';
import type { EvidenceDescriptor } from '../../../core/evidence/index.ts';
import { bring, bytesOf, descriptorOf } from '../../vault/pieces.ts';
import { startMs, TestPlatform } from '../../vault/platform.ts';
import { TestVault, utf8 } from '../../vault/vault.ts';

/** What the vault has answered so far, one line after each answer. */
export type AcknowledgedEvidence = {
  readonly slotId: string;
  readonly entries: number;
  /** Recorded here, and not said to be let go. */
  readonly recorded: readonly EvidenceDescriptor[];
  /** Asked to be let go: there or not, but never half. */
  readonly going: readonly EvidenceDescriptor[];
  readonly paused: readonly string[];
};

const [directory = '', acknowledgements = '', fault = 'none'] = process.argv.slice(2);

/** The faults that the suite must find, armed once the vault is made: what is missed then is missed by evidence. */
let isArmed = false;
const faults: Readonly<Record<string, Durability>> = {
  none: durable,
  'file-not-synced': { ...durable, syncFile: (descriptor) => (isArmed ? undefined : fsyncSync(descriptor)) },
  'folder-not-synced': { ...durable, syncFolder: (folder) => (isArmed ? undefined : durable.syncFolder(folder)) },
};

const vault = new TestVault({ directory, durability: faults[fault] ?? durable });
const platform = new TestPlatform();
let told: AcknowledgedEvidence = { slotId: '', entries: 0, recorded: [], going: [], paused: [] };

async function acknowledge(change: Partial<AcknowledgedEvidence>): Promise<void> {
  const { entries } = await vault.must('heads', null);
  told = { ...told, entries: entries.sequence, ...change };
  appendFileSync(acknowledgements, `${JSON.stringify(told)}\n`);
}

const created = await vault.must('vault.create', {
  profile: 'demo',
  slots: [{ kind: 'passphrase', label: 'A', passphrase: utf8('first') }],
  nowMs: startMs,
});
const bundle = platform.bundle({ publicKey: created.devicePublicKey, epoch: created.epoch });
await vault.must('vault.bind', {
  bundle: { document: bundle.document, signatures: [...bundle.signatures] },
  nowMs: startMs,
});
await acknowledge({ slotId: created.slots[0]?.id ?? '' });
isArmed = true;

/** Sizes around the records: less than one, exactly two, some more. */
const sizes = [3_000, 131_072, 180_000];

async function letGo(descriptor: EvidenceDescriptor, n: number): Promise<void> {
  const { sha256 } = descriptor;
  const taken = platform.takeEvidence(descriptor);
  const body = { sha256, document: taken.document, proof: platform.receipt(taken) };
  await vault.must('entries.append', { entry: { kind: 'evidence-receipt', body }, atMs: startMs + n });
  await acknowledge({
    recorded: told.recorded.filter((piece) => piece.sha256 !== sha256),
    going: [...told.going, descriptor],
  });
  await vault.must('evidence.letGo', { sha256 });
  await acknowledge({});
}

for (let n = 1; n <= 32; n += 1) {
  const bytes = bytesOf(n, sizes[n % sizes.length] ?? 1);
  const descriptor = descriptorOf(bytes);
  const finished = await bring(vault, bytes, { descriptor, partBytes: 70_000, atMs: startMs + n });
  if (!finished.ok) throw new Error(finished.refusal.code);
  await acknowledge({ recorded: [...told.recorded, descriptor] });
  if (n % 4 === 0) {
    await vault.must('evidence.pause', { sha256: descriptor.sha256, isPaused: true });
    await acknowledge({ paused: [...told.paused, descriptor.sha256] });
  }
  if (n % 5 === 0) await letGo(descriptorOf(bytesOf(n - 2, sizes[(n - 2) % sizes.length] ?? 1)), n);
}
vault.vault.close();
