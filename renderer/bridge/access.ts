import { useEffect, useState } from 'react';
import type { ChangeSummary, PeopleQuest, PersonAct, PersonSummary, ScreenInput } from '../../contracts/ipc/index.ts';
import { useAnswer } from './calls.ts';
import { usePages, type Pages } from './pages.ts';

/** Rows that are asked for from the first on; `counts` are those of the first page. */
export type OffsetRows<Item> = Omit<Pages<never>, 'pages'> & {
  readonly items: readonly Item[];
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly hasMore: boolean;
};

type OffsetPage<Item> = {
  readonly items: readonly Item[];
  readonly total: number;
  readonly next: number | null;
  readonly counts?: Readonly<Record<string, number>>;
};

function offsetRows<Item>({ pages, ...rest }: Pages<OffsetPage<Item>>): OffsetRows<Item> {
  return {
    ...rest,
    items: pages.flatMap(({ items }) => items),
    total: pages[0]?.total ?? 0,
    counts: pages[0]?.counts ?? {},
    hasMore: (pages.at(-1)?.next ?? null) !== null,
  };
}

const pageSize = 200;
/** Acts of one person are read in smaller portions: they stand in a panel. */
const actsPageSize = 50;
const next = (page: { readonly next: number | null }): number | null => page.next;

export function usePeople(quest: PeopleQuest): OffsetRows<PersonSummary> {
  return offsetRows(
    usePages({
      verb: 'people.list',
      key: quest,
      inputOf: (offset) => ({ ...quest, offset: offset ?? 0, limit: pageSize }),
      next,
    }),
  );
}

/** What a person did, newest first. */
export function usePersonActs(iin: string): OffsetRows<PersonAct> {
  return offsetRows(
    usePages({
      verb: 'people.acts',
      key: { iin },
      inputOf: (offset) => ({ iin, offset: offset ?? 0, limit: actsPageSize }),
      next,
    }),
  );
}

/** How many changes wait for the signature of this person; none where it is not known. Whoever may not read rights is asked for once, and not with each case. */
export function useWaitingForMe(): number {
  const [isReader, setIsReader] = useState(true);
  const asked = { view: 'for-me', offset: 0, limit: 1 } as const;
  const waiting = useAnswer('changes.list', asked, { keep: true, isEnabled: isReader });
  const isRefused = waiting.state === 'refused' && waiting.refusal.code === 'read-not-allowed';
  useEffect(() => {
    if (isRefused) setIsReader(false);
  }, [isRefused]);
  return waiting.state === 'here' ? (waiting.value.counts['for-me'] ?? 0) : 0;
}

export function useChanges(view: ScreenInput<'changes.list'>['view']): OffsetRows<ChangeSummary> {
  return offsetRows(
    usePages({
      verb: 'changes.list',
      key: { view },
      inputOf: (offset) => ({ view, offset: offset ?? 0, limit: pageSize }),
      next,
    }),
  );
}
