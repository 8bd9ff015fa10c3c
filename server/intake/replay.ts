import { evolveRegistry, type PolicyDocument, type RegistryState } from '../../core/access/index.ts';
import { isClosed } from '../../core/actions/index.ts';
import { createFrontier, leafHash, parseLeaf, type Leaf } from '../../core/log/index.ts';
import { caseStart, foldAct, type CaseFold } from '../../core/replay/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { isSignedByCard, sha256, sha256Hex } from '../../eds/index.ts';
import { sourceOfAct, type Registry } from '../accounts/index.ts';
import {
  countRows,
  readCaseNumbers,
  readCases,
  readChangesOf,
  readKnownActs,
  readLeaves,
  type CountedTable,
} from '../store/index.ts';
import { bundleTexts } from '../log/index.ts';
import type { ReadPlatform } from '../platform/index.ts';
import { headName } from './case-store.ts';
import { createFoldRegister, type FoldRegister } from './fold-register.ts';
import { envelopeOfLeaf, isStateOf } from './replay-case.ts';
import { judgeStoredAct, type KeptAct } from './stored-act.ts';

/** Leaves of one round: a few statements each, and what is in memory stays bounded. */
const pageMax = 1_000;
/** Findings that are named; of any further ones only the count is told. */
const findingsMax = 32;

/** Which row is not what the log says. Names the row; nothing personal is in it. */
export type ReplayFinding = {
  readonly row: 'log' | 'act' | 'case_state' | 'change' | 'case_number';
  readonly is: 'missing' | 'different' | 'unlogged';
  /** Leaf index, case id, or a count. */
  readonly at: string;
};

/** What a replay of the log came to. */
export type Replay = {
  readonly findings: readonly ReplayFinding[];
  readonly findingCount: number;
  readonly acts: number;
  /** What everybody may do by the whole log; absent before the platform is founded. Nobody may do anything where a row is missing or edited. */
  readonly rights: RegistryState | undefined;
  /** What the tables may say from now on; worth nothing where there are findings. */
  readonly register: FoldRegister;
};

type Expected = { readonly caseId: string; readonly revision: number; readonly leafId: string };

/** What is replayed, by its server or beside it. */
export type ReplayContext = { readonly platform: ReadPlatform; readonly registry: Registry };

type Run = {
  readonly context: ReplayContext;
  /** Rights after the acts so far. */
  rights: RegistryState | undefined;
  readonly register: FoldRegister;
  readonly heads: Map<string, number>;
  /** Cases that may still change. Those that are decided leave once they are compared. */
  readonly open: Map<string, CaseFold>;
  readonly compared: Set<string>;
  readonly find: (row: ReplayFinding['row'], is: ReplayFinding['is'], at: string | number) => void;
};

type LoggedAct = { readonly index: number; readonly text: string; readonly leaf: Leaf };

async function readPage(run: Run, acts: readonly LoggedAct[]) {
  const { database, subjectKeys } = run.context.platform;
  const keys = acts.map(({ leaf }) => ({
    device: leaf.device ?? '',
    epoch: leaf.epoch ?? '',
    actionId: leaf.actionId as string,
  }));
  const rows = await readKnownActs(database, keys);
  const leaves = await readLeaves(
    database,
    rows.map((row) => row.leaf_id),
  );
  return {
    rows: new Map(rows.map((row) => [`${headName(row.device, row.epoch)}/${row.action_id}`, row])),
    leaves: new Map(leaves.map((leaf) => [leaf.leaf_id, leaf])),
    keys: await subjectKeys.known(rows.map((row) => row.subject)),
  };
}

/** The policy that an act names: of the documents, or of the acts that changed it since. */
function policyNamed(run: Run, version: number): PolicyDocument | undefined {
  const changed = run.rights?.policies.findLast(({ record }) => record.version === version)?.record;
  return changed ?? run.context.registry.policyOf(version);
}

/** An act on rights counts by a card alone: whoever holds all keys of the platform, and writes such an act into its log, changes nothing. */
function isOfCard(envelope: ActEnvelope, { envelope: text, cms }: KeptAct, atMs: number): boolean {
  return !envelope.type.startsWith('access.') || isSignedByCard({ cms, text, atMs }, envelope.actor);
}

/** Folds one accepted act into its case; answers what the change feed must tell of it. */
function foldAccepted(run: Run, { index, leaf }: LoggedAct, kept: KeptAct, leafId: string): Expected | undefined {
  const envelope = envelopeOfLeaf(leaf, kept.envelope, run.rights);
  const caseId = envelope?.subject.case ?? '';
  const policy = envelope === undefined ? undefined : policyNamed(run, envelope.policy);
  const fold = run.open.get(caseId) ?? caseStart;
  const { receivedAtMs } = leaf;
  const founded = run.context.registry.founded();
  const rights = founded !== undefined && index > founded.leafIndex ? run.rights : undefined;
  const isFoldable = envelope !== undefined && isOfCard(envelope, kept, receivedAtMs) && !run.compared.has(caseId);
  const hash = sha256Hex(kept.envelope);
  const folded =
    !isFoldable || policy === undefined
      ? undefined
      : foldAct({ fold, envelope, hash, receivedAtMs, policy, rights, sha256 });
  if (envelope === undefined || folded?.ok !== true) {
    run.find('act', 'different', index);
    return undefined;
  }
  const next = folded.value;
  run.open.set(caseId, next.fold);
  if (next.effect !== undefined && run.rights !== undefined)
    run.rights = evolveRegistry(run.rights, next.effect, { source: sourceOfAct(envelope), sha256 });
  if (envelope.type === 'registration.submit') {
    const { number } = envelope.payload.form;
    if ((run.register.holderOf(number) ?? caseId) !== caseId) run.find('act', 'different', index);
    run.register.takeNumber(number, caseId);
  }
  return { caseId, revision: next.fold.revision, leafId };
}

function replayAct(run: Run, act: LoggedAct, page: Awaited<ReturnType<typeof readPage>>): Expected | undefined {
  const { index, leaf, text } = act;
  const name = headName(leaf.device ?? '', leaf.epoch ?? '');
  // Two acts at one place of a chain, or a place left out: the log itself took what it must not take.
  if (leaf.sequence !== (run.heads.get(name) ?? 0) + 1) run.find('log', 'different', index);
  run.heads.set(name, leaf.sequence);
  const row = page.rows.get(`${name}/${leaf.actionId}`);
  const own = row === undefined ? undefined : page.leaves.get(row.leaf_id);
  if (row === undefined || own === undefined) {
    run.find('act', 'missing', index);
    return undefined;
  }
  const key = page.keys.get(row.subject);
  const isLeaf = key !== undefined && own.body === text;
  const judged = isLeaf ? judgeStoredAct(leaf, { row, opening: own.opening, key }) : undefined;
  if (judged === undefined || 'fault' in judged) {
    run.find('act', 'different', index);
    return undefined;
  }
  return leaf.outcome === 'accepted' ? foldAccepted(run, act, judged.kept, row.leaf_id) : undefined;
}

async function compareChanges(run: Run, expected: readonly Expected[]): Promise<void> {
  const { database } = run.context.platform;
  const rows = await readChangesOf(database, expected);
  const known = new Map(rows.map((row) => [`${row.case_id}/${row.revision}`, row]));
  for (const { caseId, revision, leafId } of expected) {
    const row = known.get(`${caseId}/${revision}`);
    if (row === undefined) run.find('change', 'missing', caseId);
    else if (row.leaf_id !== leafId) run.find('change', 'different', caseId);
  }
}

/** Compares cases with their rows, and takes the right ones into the register. */
async function compareCases(run: Run, caseIds: readonly string[]): Promise<void> {
  const { database, subjectKeys } = run.context.platform;
  for (let from = 0; from < caseIds.length; from += pageMax) {
    const page = caseIds.slice(from, from + pageMax);
    const rows = new Map((await readCases(database, page)).map((row) => [row.case_id, row]));
    const keys = await subjectKeys.known(page.map((id) => `case:${id}`));
    for (const id of page) {
      const row = rows.get(id);
      const key = keys.get(`case:${id}`);
      const fold = run.open.get(id);
      if (row === undefined) run.find('case_state', 'missing', id);
      else if (fold === undefined || key === undefined || !isStateOf(row, fold, key))
        run.find('case_state', 'different', id);
      else run.register.keep(row);
      run.compared.add(id);
      run.open.delete(id);
    }
  }
}

async function replayPage(run: Run, acts: readonly LoggedAct[]): Promise<number> {
  const page = await readPage(run, acts);
  const expected = acts.flatMap((act) => replayAct(run, act, page) ?? []);
  await compareChanges(run, expected);
  const touched = [...new Set(expected.map(({ caseId }) => caseId))];
  const isDone = (id: string): boolean => {
    const fold = run.open.get(id);
    return fold !== undefined && isClosed(fold.state);
  };
  await compareCases(run, touched.filter(isDone));
  return expected.length;
}

async function compareNumbers(run: Run, numbers: readonly string[]): Promise<void> {
  const { database } = run.context.platform;
  for (let from = 0; from < numbers.length; from += pageMax) {
    const page = numbers.slice(from, from + pageMax);
    const rows = await readCaseNumbers(database, page);
    for (const number of page) {
      const caseId = run.register.holderOf(number) ?? '';
      if (!rows.has(number)) run.find('case_number', 'missing', caseId);
      else if (rows.get(number) !== caseId) run.find('case_number', 'different', caseId);
    }
  }
}

/** Rows beyond those that the log accounts for. */
async function compareCounts(run: Run, logged: Readonly<Record<CountedTable, number>>): Promise<void> {
  for (const [table, count] of Object.entries(logged) as [CountedTable, number][]) {
    const rows = await countRows(run.context.platform.database, table);
    if (rows > count) run.find(table, 'unlogged', rows - count);
  }
}

/** Reads the whole log: its acts page by page, while every leaf is hashed again into the tree that they make. */
async function readLog(run: Run): Promise<{ readonly acts: number; readonly accepted: number }> {
  const { log } = run.context.platform;
  const size = log.size();
  const frontier = createFrontier({ sha256 });
  const prints = new Set<string>();
  let acts = 0;
  let accepted = 0;
  for (let from = 0; from < size; from += pageMax) {
    const page: LoggedAct[] = [];
    for (const text of bundleTexts(log.readEntries(from, Math.min(from + pageMax, size)))) {
      const leaf = parseLeaf(text);
      const index = frontier.size();
      frontier.append(leafHash(sha256, text));
      if (!leaf.ok) run.find('log', 'different', index);
      else if (leaf.value.kind === 'act') page.push({ index, text, leaf: leaf.value });
      // A salt is drawn once: a record whose commitment the log has already is a copy.
      else if (prints.size === prints.add(leaf.value.commitment).size) run.find('log', 'different', index);
    }
    acts += page.length;
    accepted += await replayPage(run, page);
  }
  if (Buffer.from(frontier.root()).toString('base64') !== log.tree.rootAt(size)) run.find('log', 'different', size);
  return { acts, accepted };
}

/**
 * Folds every act that the log holds, by the rule, and compares what the tables say: acts, cases, changes, numbers. Nothing
 * is mended: a finding means that somebody wrote into the database, and that a person decides what to do. Where nothing is
 * taken in and nothing waits for the log all is compared; beside a server that goes on (`isLive`) what is not of this log yet is left out.
 */
export async function replayLog(context: ReplayContext, isLive = false): Promise<Replay> {
  const findings: ReplayFinding[] = [];
  let findingCount = 0;
  const numbers = new Set<string>();
  const register = createFoldRegister();
  const run: Run = {
    context,
    rights: context.registry.founded()?.base,
    register: {
      ...register,
      takeNumber: (number, caseId) => {
        numbers.add(number);
        register.takeNumber(number, caseId);
      },
    },
    heads: new Map(),
    open: new Map(),
    compared: new Set(),
    find: (row, is, at) => {
      findingCount += 1;
      if (findings.length < findingsMax) findings.push({ row, is, at: String(at) });
    },
  };
  const { acts, accepted } = await readLog(run);
  if (!isLive) await compareCases(run, [...run.open.keys()]);
  await compareNumbers(run, [...numbers]);
  const counted = {
    act: acts,
    change: accepted,
    case_state: run.compared.size,
    case_number: numbers.size,
  };
  if (!isLive) await compareCounts(run, counted);
  const nobody = run.rights === undefined ? undefined : { ...run.rights, people: new Map() };
  return { findings, findingCount, acts, register, rights: findingCount === 0 ? run.rights : nobody };
}
