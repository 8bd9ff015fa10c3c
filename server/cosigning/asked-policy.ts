import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { formatNoteKey, parseWitnessPolicy, type NoteKey, type WitnessPolicy } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';

/** Outside witnesses that a server asks, and what new workstations pin of them. */
export type AskedPolicy = {
  readonly policy: WitnessPolicy;
  /** Submission prefixes, each with the keys of the witness behind it. */
  readonly addresses: readonly { readonly prefix: string; readonly keys: readonly NoteKey[] }[];
  /** The quorum as the enrolment bundle says it. */
  readonly pinned: { readonly threshold: number; readonly keys: readonly string[] };
};

/** A cosignature by ML-DSA-44 has 3.3 kB in a note, and a receipt passes the doors up to 64 kB. */
const keysMax = 12;

function isAddress(text: string | undefined): text is string {
  const url = URL.parse(text ?? '');
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '';
}

/** `threshold` of these keys, where the quorum is that simple. */
function pinnedQuorum({ witnesses, groups, quorum }: WitnessPolicy): AskedPolicy['pinned'] | undefined {
  const nobody = { threshold: 0, members: witnesses.map(({ name }) => name) };
  const one = { threshold: 1, members: [quorum] };
  const group = groups.find(({ name }) => name === quorum) ?? (quorum === 'none' ? nobody : one);
  const keys = group.members.flatMap((member) => witnesses.filter(({ name }) => name === member));
  const texts = keys.map(({ key }) => formatNoteKey(key));
  return keys.length === group.members.length ? { threshold: group.threshold, keys: texts } : undefined;
}

/**
 * Reads the C2SP tlog-policy of a server: each witness has an address (http or https), and the quorum is one witness or
 * one group of witnesses, since that is what an enrolment bundle can say.
 */
export function readServerPolicy(text: string): Result<AskedPolicy, 'witness-policy-malformed'> {
  const policy = parseWitnessPolicy(sha256, text);
  if (!policy.ok) return policy;
  const pinned = pinnedQuorum(policy.value);
  const { witnesses } = policy.value;
  if (pinned === undefined || witnesses.length > keysMax) return refuse('witness-policy-malformed');
  const addresses = new Map<string, NoteKey[]>();
  for (const { key, url } of witnesses) {
    if (!isAddress(url)) return refuse('witness-policy-malformed');
    const prefix = url.replace(/\/+$/u, '');
    addresses.set(prefix, [...(addresses.get(prefix) ?? []), key]);
  }
  const list = Array.from(addresses, ([prefix, keys]) => ({ prefix, keys }));
  return ok({ policy: policy.value, addresses: list, pinned });
}
