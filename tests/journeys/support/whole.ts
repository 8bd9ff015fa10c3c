/** One own act as a journal lists it. */
export type ListedAct = { readonly actionId: string; readonly state: string; readonly logIndex: number | null };

/** One case as the platform tells it: the types of its acts in order. */
export type ListedCase = { readonly number: string; readonly types: readonly string[] };

const right = 'registration.submit registration.claim registration.approve';

/** What was lost or doubled; empty where all is whole. */
export function faultsOf(options: {
  readonly acknowledged: ReadonlySet<string>;
  readonly acts: readonly ListedAct[];
  readonly cases: readonly ListedCase[];
}): readonly string[] {
  const { acknowledged, acts, cases } = options;
  const known = new Set(acts.map(({ actionId }) => actionId));
  const indexes = acts.map(({ logIndex }) => logIndex);
  return [
    ...[...acknowledged].filter((id) => !known.has(id)).map((id) => `lost: ${id}`),
    ...acts.filter(({ state }) => state !== 'logged').map(({ actionId, state }) => `not proven: ${actionId} ${state}`),
    ...(new Set(indexes).size === indexes.length ? [] : ['two acts at one place of the log']),
    ...(known.size === acts.length ? [] : ['one act twice in the journal']),
    ...cases
      .filter(({ types }) => types.join(' ') !== right)
      .map(({ number, types }) => `${number}: ${types.join(' ')}`),
  ];
}
