import { ok, refuse, type Result, type Sha256 } from '../kernel/index.ts';
import { isSameKey } from './cosignature.ts';
import { noteKeyTypes, parseNoteKey, type NoteKey } from './note.ts';
import { parseDecimal } from './text.ts';

export type PolicyLog = { readonly key: NoteKey; readonly url?: string };
export type PolicyWitness = { readonly name: string; readonly key: NoteKey; readonly url?: string };
type PolicyGroup = { readonly name: string; readonly threshold: number; readonly members: readonly string[] };

/** Whom a reader trusts to vouch for tree heads, and how many of them he wants (C2SP tlog-policy). */
export type WitnessPolicy = {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** Name of a witness or a group; `none` wants nobody and therefore proves nothing. */
  readonly quorum: string;
};

/** The specification wants at least 32 logs, witnesses and groups; with ML-DSA-44 keys they have some 2 kB each. */
export const policySizeMax = 262_144;
const definitionsMax = 64;
const none = 'none';
// eslint-disable-next-line no-control-regex -- tab and line feed are the only control characters of a policy
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f]/u;

type Draft = {
  logs: PolicyLog[];
  witnesses: PolicyWitness[];
  groups: PolicyGroup[];
  members: Set<string>;
  quorum?: string;
};

function isDefined(draft: Draft, name: string): boolean {
  return [...draft.witnesses, ...draft.groups].some((known) => known.name === name);
}

function addLog(draft: Draft, sha256: Sha256, words: readonly string[]): boolean {
  const [keyText = '', url, ...rest] = words;
  const key = parseNoteKey(sha256, keyText);
  if (!key.ok || key.value.type !== noteKeyTypes.ed25519 || rest.length > 0) return false;
  if (draft.logs.some((known) => isSameKey(known.key, key.value)) || draft.logs.length === definitionsMax) return false;
  draft.logs.push({ key: key.value, ...(url === undefined ? {} : { url }) });
  return true;
}

function addWitness(draft: Draft, sha256: Sha256, words: readonly string[]): boolean {
  const [name = none, keyText = '', url, ...rest] = words;
  const key = parseNoteKey(sha256, keyText);
  if (!key.ok || key.value.type === noteKeyTypes.ed25519 || rest.length > 0) return false;
  const isTaken = name === none || isDefined(draft, name);
  const isRepeated = draft.witnesses.some((known) => isSameKey(known.key, key.value));
  if (isTaken || isRepeated || draft.witnesses.length === definitionsMax) return false;
  draft.witnesses.push({ name, key: key.value, ...(url === undefined ? {} : { url }) });
  return true;
}

function thresholdOf(text: string, count: number): number {
  if (text === 'all') return count;
  if (text === 'any') return 1;
  const number = parseDecimal(text);
  return number.ok ? number.value : 0;
}

function addGroup(draft: Draft, words: readonly string[]): boolean {
  const [name = none, thresholdText = '', ...members] = words;
  const threshold = thresholdOf(thresholdText, members.length);
  const isTaken = name === none || isDefined(draft, name) || draft.groups.length === definitionsMax;
  if (isTaken || threshold < 1 || threshold > members.length) return false;
  for (const member of members) {
    // Each name counts once in the whole policy, so that nobody vouches twice and groups are a tree.
    if (!isDefined(draft, member) || draft.members.has(member)) return false;
    draft.members.add(member);
  }
  draft.groups.push({ name, threshold, members });
  return true;
}

function addQuorum(draft: Draft, words: readonly string[]): boolean {
  const [name = '', ...rest] = words;
  if (draft.quorum !== undefined || rest.length > 0 || (name !== none && !isDefined(draft, name))) return false;
  draft.quorum = name;
  return true;
}

function addLine(draft: Draft, sha256: Sha256, line: string): boolean {
  const [keyword, ...words] = line.split(/[ \t]+/u).filter((word) => word !== '');
  if (keyword === undefined || keyword.startsWith('#')) return true;
  if (keyword === 'log') return addLog(draft, sha256, words);
  if (keyword === 'witness') return addWitness(draft, sha256, words);
  if (keyword === 'group') return addGroup(draft, words);
  return keyword === 'quorum' && addQuorum(draft, words);
}

/**
 * Reads a C2SP tlog-policy text. `witness-policy-malformed` names the first line that is wrong, or 0 where the quorum is
 * missing. Logs sign by Ed25519, witnesses by Ed25519 or ML-DSA-44 cosignatures.
 */
export function parseWitnessPolicy(sha256: Sha256, text: string): Result<WitnessPolicy, 'witness-policy-malformed'> {
  const draft: Draft = { logs: [], witnesses: [], groups: [], members: new Set() };
  const isText = text.length <= policySizeMax && text.endsWith('\n') && !forbidden.test(text);
  if (!isText) return refuse('witness-policy-malformed', { line: 0 });
  for (const [at, line] of text.slice(0, -1).split('\n').entries()) {
    if (!addLine(draft, sha256, line)) return refuse('witness-policy-malformed', { line: at + 1 });
  }
  const { logs, witnesses, groups, quorum } = draft;
  return quorum === undefined
    ? refuse('witness-policy-malformed', { line: 0 })
    : ok({ logs, witnesses, groups, quorum });
}

/** The policy that wants `threshold` of these keys (all of them where it is absent); 0 wants nobody. */
export function policyOfKeys(keys: readonly NoteKey[], threshold?: number): WitnessPolicy {
  const witnesses = keys
    .filter((key, at) => keys.findIndex((other) => isSameKey(key, other)) === at)
    .map((key, at) => ({ name: `witness-${at + 1}`, key }));
  const wanted = threshold ?? witnesses.length;
  if (wanted === 0) return { logs: [], witnesses, groups: [], quorum: none };
  const group = { name: 'witnesses', threshold: wanted, members: witnesses.map(({ name }) => name) };
  return { logs: [], witnesses, groups: [group], quorum: group.name };
}

/**
 * The policy that an enrolment bundle pins; `witness-policy-malformed` where a key is none of a cosigner, or is pinned twice, or fewer
 * are named than wanted.
 */
export function readPinnedWitnesses(
  sha256: Sha256,
  pinned: { readonly threshold: number; readonly keys: readonly string[] },
): Result<WitnessPolicy, 'witness-policy-malformed'> {
  const keys = pinned.keys.flatMap((text) => {
    const key = parseNoteKey(sha256, text);
    return key.ok && key.value.type !== noteKeyTypes.ed25519 ? [key.value] : [];
  });
  const policy = policyOfKeys(keys, pinned.threshold);
  const isWhole = policy.witnesses.length === pinned.keys.length && pinned.threshold <= keys.length;
  return isWhole ? ok(policy) : refuse('witness-policy-malformed');
}

/** True where the policy wants somebody to vouch. */
export function wantsWitnesses({ quorum }: WitnessPolicy): boolean {
  return quorum !== none;
}

/** True where the cosigners are enough for the policy. A policy that wants nobody is never met: nothing was proven. */
export function meetsPolicy(policy: WitnessPolicy, cosigners: readonly NoteKey[]): boolean {
  const hasVouched = (name: string): boolean => {
    const witness = policy.witnesses.find((known) => known.name === name);
    if (witness !== undefined)
      return cosigners.some((cosigner) => cosigner.type === witness.key.type && isSameKey(cosigner, witness.key));
    const group = policy.groups.find((known) => known.name === name);
    return group !== undefined && group.members.filter(hasVouched).length >= group.threshold;
  };
  return hasVouched(policy.quorum);
}
