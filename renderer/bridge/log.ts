import { useInfiniteQuery } from '@tanstack/react-query';
import type { LogFilter, LogItem, LogPage } from '../../contracts/ipc/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import { callSafely } from './calls.ts';
import { useBridge } from './context.tsx';

export type LogRows = {
  readonly isWaiting: boolean;
  readonly refusal: Refusal | null;
  readonly items: readonly LogItem[];
  /** The first page: where the entries were read, and by which head. */
  readonly first: LogPage | null;
  /** Where the search stands; `null` at the end. */
  readonly next: number | null;
  readonly isSearching: boolean;
  readonly more: () => void;
  /** Reads everything anew, by the head as it is now. */
  readonly again: () => void;
};

const pageSize = 200;

/** Entries of the central log from the newest backwards. They change only when somebody asks again: a list under the eye stays still. */
export function useLog(filter: LogFilter): LogRows {
  const bridge = useBridge();
  const query = useInfiniteQuery({
    queryKey: ['log.list', filter],
    queryFn: ({ pageParam }) => callSafely(bridge, 'log.list', { filter, before: pageParam, limit: pageSize }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.ok ? last.value.next : null),
  });
  const pages = query.data?.pages ?? [];
  const refused = pages.find((page) => !page.ok);
  const [first] = pages;
  const last = pages.at(-1);
  return {
    isWaiting: first === undefined,
    refusal: refused?.ok === false ? refused.refusal : null,
    items: pages.flatMap((page) => (page.ok ? page.value.items : [])),
    first: first?.ok === true ? first.value : null,
    next: last?.ok === true ? last.value.next : null,
    isSearching: query.isFetching,
    more: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    again: () => void query.refetch(),
  };
}
