import { useInfiniteQuery } from '@tanstack/react-query';
import type { JournalItem } from '../../contracts/ipc/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import { callSafely } from './calls.ts';
import { useBridge } from './context.tsx';

export type JournalRows = {
  readonly isWaiting: boolean;
  readonly refusal: Refusal | null;
  readonly items: readonly JournalItem[];
  readonly total: number;
  readonly more: () => void;
  readonly again: () => void;
};

const pageSize = 200;

/** Entries of the journal from the newest backwards; `more` asks for the next older page. */
export function useJournal(onlyActs: boolean): JournalRows {
  const bridge = useBridge();
  const query = useInfiniteQuery({
    queryKey: ['journal.list', { onlyActs }],
    queryFn: ({ pageParam }) => callSafely(bridge, 'journal.list', { before: pageParam, limit: pageSize, onlyActs }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) =>
      last.ok && last.value.items.length === pageSize ? last.value.items.at(-1)?.sequence : undefined,
  });
  const pages = query.data?.pages ?? [];
  const refused = pages.find((page) => !page.ok);
  const [first] = pages;
  return {
    isWaiting: first === undefined,
    refusal: refused?.ok === false ? refused.refusal : null,
    items: pages.flatMap((page) => (page.ok ? page.value.items : [])),
    total: first?.ok === true ? first.value.total : 0,
    more: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    again: () => void query.refetch(),
  };
}
