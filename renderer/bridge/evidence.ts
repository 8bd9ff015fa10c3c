import { useInfiniteQuery } from '@tanstack/react-query';
import type { EvidenceItem } from '../../contracts/ipc/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import { callSafely } from './calls.ts';
import { useBridge } from './context.tsx';

export type EvidenceRows = {
  readonly isWaiting: boolean;
  readonly refusal: Refusal | null;
  readonly items: readonly EvidenceItem[];
  readonly total: number;
  readonly more: () => void;
  readonly again: () => void;
};

const pageSize = 100;

/** Evidence of this workstation from the newest backwards; `more` asks for the next older page. */
export function useEvidence(): EvidenceRows {
  const bridge = useBridge();
  const query = useInfiniteQuery({
    queryKey: ['evidence.list', { caseId: null }],
    queryFn: ({ pageParam }) =>
      callSafely(bridge, 'evidence.list', { before: pageParam, limit: pageSize, caseId: null }),
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
