import type { AccessDraft } from '../../../../contracts/ipc/index.ts';
import { whyFaults, whyOf, type Steps, type WhyFault, type WhyFields } from './steps.ts';

/** Hashes of the acts that are to be let in. */
export type ReleaseFields = WhyFields & { readonly chosen: readonly string[] };
export type ReleaseDraft = Steps<ReleaseFields> & { readonly of: 'release' };
export type ReleaseFault = WhyFault | { readonly field: null; readonly id: 'nothing-chosen' | 'release-too-long' };

/** As many acts as one signed release holds (`contracts/documents`). */
export const releasedMax = 32;

export const startRelease = (): ReleaseDraft => ({
  of: 'release',
  fields: { chosen: [], reason: '', basis: '' },
  past: [],
  last: null,
});

/** The choice with one act more, or without it. */
export const toggled = ({ fields: { chosen } }: ReleaseDraft, hash: string): ReleaseFields['chosen'] =>
  chosen.includes(hash) ? chosen.filter((other) => other !== hash) : [...chosen, hash];

/** What is chosen of those that can be let in still: one that was let in meanwhile is chosen no more. */
export const chosenOf = (
  { fields: { chosen } }: ReleaseDraft,
  open: readonly { readonly hash: string }[],
): readonly string[] => open.map(({ hash }) => hash).filter((hash) => chosen.includes(hash));

export function releaseFaults(
  draft: ReleaseDraft,
  open: readonly { readonly hash: string }[],
): readonly ReleaseFault[] {
  const { length } = chosenOf(draft, open);
  return [
    ...(length === 0 ? [{ field: null, id: 'nothing-chosen' } as const] : []),
    ...(length > releasedMax ? [{ field: null, id: 'release-too-long' } as const] : []),
    ...whyFaults(draft.fields),
  ];
}

/** The act that the release comes to, or `null` while something is missing. */
export function releaseAct(
  draft: ReleaseDraft,
  iin: string,
  open: readonly { readonly hash: string }[],
): AccessDraft | null {
  if (releaseFaults(draft, open).length > 0) return null;
  const acts = [...chosenOf(draft, open)];
  return { type: 'access.propose', change: { kind: 'release', iin, acts }, ...whyOf(draft.fields) };
}
