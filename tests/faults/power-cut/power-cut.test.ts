import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cheapKdf, passphraseKey } from '../../vault/vault.ts';
import { localVault, vaultHandlers, type Durability, type Vault } from '../../../native/vault-host/index.ts';
import { chanceFrom, DiskModel, writeImage } from './disk-model.ts';
import { compileRecorder, recordVault, type VaultRun } from './recording.ts';
import type { Acknowledged } from './workload.ts';

const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-power-'));
let recorder: string;
const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000_007);

beforeAll(() => {
  recorder = compileRecorder(laboratory);
});
afterAll(() => rmSync(laboratory, { recursive: true, force: true }));

const record = (fault: string): VaultRun => recordVault({ laboratory, recorder, script: 'workload.ts', fault });

/** Half of the points anywhere, half where slots and data keys change: a few hundred operations among many thousand. */
function choosePoints(
  { operations, acknowledgements }: VaultRun,
  count: number,
  chance: () => number,
): ReadonlySet<number> {
  const delicate = operations.flatMap(({ path }, i) =>
    path.includes('slots') || path.includes('.next') ? [i, i + 1] : [],
  );
  const first = operations.findIndex(({ path }) => path === acknowledgements);
  const points = new Set<number>();
  while (points.size < count) {
    const anywhere = first + Math.floor(chance() * (operations.length - first));
    const point = points.size % 2 === 0 ? anywhere : (delicate[Math.floor(chance() * delicate.length)] ?? anywhere);
    points.add(Math.min(point, operations.length - 1));
  }
  return points;
}

type Tally = { cuts: number; inSlots: number; lost: number; broken: number; readonly faults: string[] };

function opens(vault: Vault, slotId: string, passphrase: string): string {
  const result = vault.open(passphraseKey(slotId, passphrase));
  return result.ok ? 'done' : result.refusal.code;
}

/** Nothing of a judged vault has to last: its opening may skip every sync. */
const forJudging: Durability = { syncFile: () => undefined, syncFolder: () => undefined, synchronous: 'OFF' };

/**
 * What is wrong with the vault that a cut left, or `undefined`. Opening reads both chains and all views; with `isDeep`
 * every signature is checked again too.
 */
async function judge(
  folder: string,
  told: Acknowledged,
  isDeep: boolean,
): Promise<'lost' | `broken: ${string}` | undefined> {
  const vault = localVault({ directory: folder, kdf: cheapKdf, durability: forJudging });
  try {
    const codes = told.passphrases.map((passphrase) => opens(vault, told.slotId, passphrase));
    if (!codes.includes('done')) return `broken: ${codes.join(' ')}`;
    const handlers = vaultHandlers(vault);
    if (told.entries > 0) {
      const report = isDeep ? await handlers['journal.check'](null) : undefined;
      if (report?.ok === false) return `broken: ${JSON.stringify(report.refusal)}`;
      const heads = await handlers.heads(null);
      if (!heads.ok || heads.value.entries.sequence < told.entries || heads.value.acts.sequence < told.acts)
        return 'lost';
      const last = await handlers['acts.list']({ before: told.acts + 1, limit: 1 });
      if (told.acts > 0 && (!last.ok || last.value.items[0]?.hash !== told.lastActHash)) return 'lost';
    }
    vault.close();
    return judgeSecond(vault, told);
  } finally {
    vault.close();
  }
}

function judgeSecond(vault: Vault, { second }: Acknowledged): 'lost' | `broken: ${string}` | undefined {
  if (second === null) return undefined;
  const code = opens(vault, second.slotId, 'second');
  if (second.state === 'there' && code !== 'done') return `broken: second slot ${code}`;
  if (second.state === 'gone' && code === 'done') return 'broken: removed slot opens';
  return second.state === 'perhaps' && code !== 'done' && code !== 'slot-absent'
    ? `broken: second slot ${code}`
    : undefined;
}

async function cutPower(run: VaultRun, count: number, options: { readonly isUntilHarm: boolean }): Promise<Tally> {
  const chance = chanceFrom(seed);
  const points = choosePoints(run, count, chance);
  const model = new DiskModel(run.folder);
  const tally: Tally = { cuts: 0, inSlots: 0, lost: 0, broken: 0, faults: [] };
  let told: Acknowledged | undefined;
  for (const [i, operation] of run.operations.entries()) {
    if (points.has(i) && told !== undefined) {
      const image = model.cut(chance);
      const folder = join(run.root, 'after');
      writeImage(image, { from: run.folder, to: folder });
      tally.cuts += 1;
      if (operation.path.includes('slots') || operation.path.includes('.next')) tally.inSlots += 1;
      const fault = await judge(folder, told, tally.cuts % 10 === 0);
      if (fault === 'lost') tally.lost += 1;
      else if (fault !== undefined) tally.broken += 1;
      if (fault !== undefined) tally.faults.push(`operation ${i} (${operation.op} ${operation.path}): ${fault}`);
      if (fault !== undefined && options.isUntilHarm) return tally;
    }
    if (operation.path === run.acknowledgements) {
      if (operation.op === 'W') told = JSON.parse(operation.data.toString('utf8')) as Acknowledged;
    } else model.perform(operation);
  }
  return tally;
}

function summary(name: string, run: VaultRun, { cuts, inSlots, lost, broken }: Tally): void {
  process.stdout.write(
    `power cut (${name}): seed ${seed}, ${run.operations.length} operations, ${cuts} cuts (${inSlots} while slots or keys change), ${lost} lost, ${broken} broken\n`,
  );
}

describe('a power cut', () => {
  it('loses nothing that was acknowledged, whenever it comes', { timeout: 120_000 }, async () => {
    const run = record('none');
    const tally = await cutPower(run, 360, { isUntilHarm: false });
    summary('product', run, tally);
    expect(tally.faults).toEqual([]);
    expect(tally.cuts).toBeGreaterThanOrEqual(300);
    expect(tally.inSlots).toBeGreaterThanOrEqual(100);
  });

  it.each(['journal-not-synced', 'files-not-synced', 'folder-not-synced'])(
    'is seen to do harm when a sync is missing: %s',
    { timeout: 120_000 },
    async (fault) => {
      const run = record(fault);
      const tally = await cutPower(run, 360, { isUntilHarm: true });
      summary(fault, run, tally);
      expect(tally.lost + tally.broken).toBeGreaterThan(0);
    },
  );
});
