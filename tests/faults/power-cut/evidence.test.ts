import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceDescriptor } from '../../../core/evidence/index.ts';
import type { Durability } from '../../../native/vault-host/index.ts';
import { readWhole } from '../../vault/pieces.ts';
import { passphraseKey, TestVault } from '../../vault/vault.ts';
import { chanceFrom, DiskModel, writeImage } from './disk-model.ts';
import type { AcknowledgedEvidence } from './evidence-workload.ts';
import { compileRecorder, recordVault, type Operation, type VaultRun } from './recording.ts';

const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-evidence-power-'));
let recorder: string;
let whole: VaultRun;
const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);

beforeAll(() => {
  recorder = compileRecorder(laboratory);
  whole = record('none');
});
afterAll(() => rmSync(laboratory, { recursive: true, force: true }));

const record = (fault: string): VaultRun =>
  recordVault({ laboratory, recorder, script: 'evidence-workload.ts', fault });

/** Nothing of a judged vault has to last: its opening may skip every sync. */
const forJudging: Durability = { syncFile: () => undefined, syncFolder: () => undefined, synchronous: 'OFF' };

async function isReadable(vault: TestVault, descriptor: EvidenceDescriptor): Promise<boolean> {
  try {
    const bytes = await readWhole(vault, descriptor);
    return createHash('sha256').update(bytes).digest('hex') === descriptor.sha256;
  } catch {
    return false;
  }
}

/** What is wrong with the vault that a cut left, or `undefined`. */
async function judge(folder: string, told: AcknowledgedEvidence): Promise<string | undefined> {
  const vault = new TestVault({ directory: folder, durability: forJudging });
  try {
    const code = await vault.code('vault.open', passphraseKey(told.slotId, 'first'));
    if (code !== 'done') return `broken: ${code}`;
    const heads = await vault.must('heads', null);
    if (heads.entries.sequence < told.entries) return 'lost: an entry';
    for (const piece of told.recorded) if (!(await isReadable(vault, piece))) return `lost: ${piece.sha256}`;
    const { items } = await vault.must('evidence.list', { only: 'all', caseId: null, before: null, limit: 100 });
    for (const { descriptor, proven, isHere, isPaused } of items) {
      if (isHere && !(await isReadable(vault, descriptor))) return `half: ${descriptor.sha256}`;
      if (!isHere && proven === null) return `gone without a receipt: ${descriptor.sha256}`;
      if (told.paused.includes(descriptor.sha256) && !isPaused) return `goes on unasked: ${descriptor.sha256}`;
    }
    const names = readdirSync(folder).filter((name) => name.startsWith('evidence-'));
    if (names.length !== items.filter(({ isHere }) => isHere).length) return 'a file that nobody needs';
    const check = await vault.code('journal.check', null);
    return check === 'done' ? undefined : `broken: ${check}`;
  } finally {
    vault.vault.close();
  }
}

type Tally = { cuts: number; readonly faults: string[] };

/** Goes through what the disk was asked, and judges what is left at each chosen point; `chance` decides what survives. */
async function walk(
  run: VaultRun,
  options: {
    readonly isCut: (at: number, operation: Operation) => boolean;
    readonly chance: () => number;
    readonly isUntilHarm: boolean;
  },
): Promise<Tally> {
  const model = new DiskModel(run.folder);
  const tally: Tally = { cuts: 0, faults: [] };
  let told: AcknowledgedEvidence | undefined;
  for (const [i, operation] of run.operations.entries()) {
    if (told !== undefined && options.isCut(i, operation)) {
      const folder = join(run.root, 'after');
      writeImage(model.cut(options.chance), { from: run.folder, to: folder });
      tally.cuts += 1;
      const fault = await judge(folder, told);
      if (fault !== undefined) tally.faults.push(`operation ${i} (${operation.op} ${operation.path}): ${fault}`);
      if (fault !== undefined && options.isUntilHarm) return tally;
    }
    if (operation.path === run.acknowledgements) {
      if (operation.op === 'W') told = JSON.parse(operation.data.toString('utf8')) as AcknowledgedEvidence;
    } else model.perform(operation);
  }
  return tally;
}

/** Every step of a file of evidence, and chance for the steps of the journal. */
function cutsOf(chance: () => number, share: number): (at: number, operation: Operation) => boolean {
  return (_at, { path, op }) => chance() < (path.includes('/evidence-') || op === 'S' ? 1 : share);
}

/** All that was asked of the kernel survives the end of a process. */
const everythingSurvives = (): number => 0.99;

describe('evidence at a power cut', () => {
  it(
    'loses nothing that was recorded, and lets nothing go before its receipt, whenever it comes',
    { timeout: 240_000 },
    async () => {
      const chance = chanceFrom(seed);
      const tally = await walk(whole, { isCut: cutsOf(chance, 0.3), chance, isUntilHarm: false });
      process.stdout.write(
        `power cut (evidence): seed ${seed}, ${whole.operations.length} operations, ${tally.cuts} cuts, ${tally.faults.length} faults\n`,
      );
      expect(tally.faults).toEqual([]);
      expect(tally.cuts).toBeGreaterThanOrEqual(300);
    },
  );

  it('is safe from kill -9 between every two steps', { timeout: 240_000 }, async () => {
    const isCut = cutsOf(chanceFrom(seed), 0.3);
    const tally = await walk(whole, { isCut, chance: everythingSurvives, isUntilHarm: false });
    process.stdout.write(`kill -9 (evidence): ${tally.cuts} steps, ${tally.faults.length} faults\n`);
    expect(tally.faults).toEqual([]);
    expect(tally.cuts).toBeGreaterThanOrEqual(300);
  });

  it.each(['file-not-synced', 'folder-not-synced'])(
    'is seen to do harm when a sync is missing: %s',
    { timeout: 120_000 },
    async (fault) => {
      const chance = chanceFrom(seed);
      const tally = await walk(record(fault), { isCut: cutsOf(chance, 0.3), chance, isUntilHarm: true });
      expect(tally.faults.join()).toMatch(/lost|half|broken|gone/u);
    },
  );
});
