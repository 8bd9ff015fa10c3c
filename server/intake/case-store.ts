import * as z from 'zod';
import type { ReadScope, RegistryState } from '../../core/access/index.ts';
import { isAccessCase, type CaseState } from '../../core/actions/index.ts';
import { InvariantError, type Sha256Hex } from '../../core/kernel/index.ts';
import type { CaseFold } from '../../core/replay/index.ts';
import type { DataKey } from '../keys/index.ts';
import type { Platform } from '../platform/index.ts';
import { readActHead, readCaseNumbers, readCases, type ChainPlace, type Row } from '../store/index.ts';
import type { FoldRegister } from './fold-register.ts';
import { purposes } from './rows.ts';

/** Cases held unsealed between commits; more are read again. */
const casesMax = 10_000;
const headsMax = 10_000;

const sealedFold = z.strictObject({
  state: z.custom<CaseState>((value) => typeof value === 'object' && value !== null && 'status' in value),
});

/** A row that repeats the log says something else than the log: nothing may be decided on it. */
export class RowDiffersError extends InvariantError {}

/** What the intake knows between commits: a cache, and the register that every row it reads again has to fit. */
export type IntakeMemory = {
  readonly cases: Map<string, CaseFold>;
  /** Last act held, by `device/epoch`. */
  readonly heads: Map<string, ChainPlace>;
  readonly register: FoldRegister;
  /** Rights that a commit makes true, while its outcome is unknown. */
  unsettled: { readonly caseId: string; readonly fold: CaseFold; readonly rights: RegistryState } | undefined;
  /** Everything is read anew after a commit that failed. */
  readonly forget: () => void;
};

export function createMemory(register: FoldRegister): IntakeMemory {
  const cases = new Map<string, CaseFold>();
  const heads = new Map<string, ChainPlace>();
  const forget = (): void => {
    cases.clear();
    heads.clear();
  };
  return { cases, heads, register, unsettled: undefined, forget };
}

export function headName(device: string, epoch: string): string {
  return `${device}/${epoch}`;
}

/** Opens the fold of a row; throws where the row is not what was sealed for its case. */
export function openFold(row: Row<'case_state'>, key: DataKey): CaseFold {
  const { state } = sealedFold.parse(JSON.parse(key.open(purposes.fold, row.sealed).toString()));
  return { revision: row.revision, hash: row.hash as Sha256Hex, state };
}

/** Who reads a case: cases of changed rights are a stream of their own. */
export function scopeOf(state: CaseState): Extract<ReadScope, 'registration' | 'access'> {
  return isAccessCase(state) ? 'access' : 'registration';
}

/** Seals a fold for its row. */
export function foldRow(caseId: string, fold: CaseFold, key: DataKey): Row<'case_state'> {
  const sealed = key.seal(purposes.fold, JSON.stringify({ state: fold.state }));
  return { case_id: caseId, revision: fold.revision, hash: fold.hash, scope: scopeOf(fold.state), sealed };
}

/** Brings the named cases into memory; those that do not exist stay absent. Throws `RowDiffersError`. */
export async function loadCases(platform: Platform, memory: IntakeMemory, caseIds: readonly string[]): Promise<void> {
  if (memory.cases.size > casesMax) memory.cases.clear();
  const missing = [...new Set(caseIds)].filter((id) => !memory.cases.has(id));
  const rows = await readCases(platform.database, missing);
  const read = new Map(rows.map((row) => [row.case_id, row]));
  for (const id of missing) {
    if (!memory.register.admits(id, read.get(id)))
      throw new RowDiffersError(`intake: case_state of ${id} is another than the log says`);
  }
  if (rows.length === 0) return;
  const keys = await platform.subjectKeys.ensure(rows.map((row) => `case:${row.case_id}`));
  for (const row of rows) {
    const key = keys.get(`case:${row.case_id}`);
    if (key !== undefined) memory.cases.set(row.case_id, openFold(row, key));
  }
}

/** Brings the chain heads of the named devices into memory. A device without acts starts at its record. */
export async function loadHeads(
  platform: Platform,
  memory: IntakeMemory,
  devices: readonly { readonly device: string; readonly epoch: string; readonly start: string }[],
): Promise<void> {
  if (memory.heads.size > headsMax) memory.heads.clear();
  for (const { device, epoch, start } of devices) {
    const name = headName(device, epoch);
    if (memory.heads.has(name)) continue;
    memory.heads.set(name, (await readActHead(platform.database, device, epoch)) ?? { sequence: 0, hash: start });
  }
}

/** Registration numbers that are taken, with the case that holds each. Throws `RowDiffersError`. */
export async function loadNumbers(
  platform: Platform,
  register: FoldRegister,
  numbers: readonly string[],
): Promise<Map<string, string>> {
  const taken = new Map(await readCaseNumbers(platform.database, [...new Set(numbers)]));
  for (const number of numbers) {
    const holder = register.holderOf(number);
    if (holder !== undefined && holder !== taken.get(number))
      throw new RowDiffersError(`intake: case_number of ${holder} is another than the log says`);
  }
  return taken;
}
