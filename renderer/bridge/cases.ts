import { keepPreviousData, useQueries } from '@tanstack/react-query';
import type { CaseSummary, ScreenInput } from '../../contracts/ipc/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import { callSafely } from './calls.ts';
import { useBridge } from './context.tsx';

/** What the list is asked for, without the page. */
export type CaseFilter = Omit<ScreenInput<'cases.list'>, 'offset' | 'limit'>;

export type CaseList = {
  readonly isWaiting: boolean;
  readonly refusal: Refusal | null;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  /** `undefined` for a row that is not here yet. */
  readonly row: (index: number) => CaseSummary | undefined;
  readonly indexOf: (id: string) => number | undefined;
  readonly again: () => void;
};

const pageSize = 100;

/** Pages that hold the rows `first` … `last`; the first page always comes along, since it carries the counts. */
export function pagesOf(first: number, last: number): readonly number[] {
  const from = Math.floor(first / pageSize);
  const to = Math.floor(Math.max(first, last) / pageSize);
  const pages = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return pages.includes(0) ? pages : [0, ...pages];
}

/** The rows of a list that are in sight, asked for page by page, so that 5,000 rows cost as much as 50. */
export function useCases(filter: CaseFilter, visible: { readonly first: number; readonly last: number }): CaseList {
  const bridge = useBridge();
  const pages = pagesOf(visible.first, visible.last);
  const answers = useQueries({
    queries: pages.map((page) => {
      const input = { ...filter, offset: page * pageSize, limit: pageSize };
      return {
        queryKey: ['cases.list', input],
        queryFn: () => callSafely(bridge, 'cases.list', input),
        placeholderData: keepPreviousData,
      };
    }),
  });
  const rows = new Map<number, CaseSummary>();
  const indices = new Map<string, number>();
  for (const [at, answer] of answers.entries()) {
    if (answer.data?.ok !== true) continue;
    for (const [offset, item] of answer.data.value.items.entries()) {
      const index = (pages[at] ?? 0) * pageSize + offset;
      rows.set(index, item);
      indices.set(item.id, index);
    }
  }
  const first = answers[0]?.data;
  return {
    isWaiting: first === undefined,
    refusal: first?.ok === false ? first.refusal : null,
    total: first?.ok === true ? first.value.total : 0,
    counts: first?.ok === true ? first.value.counts : {},
    row: (index) => rows.get(index),
    indexOf: (id) => indices.get(id),
    again: () => {
      for (const answer of answers) void answer.refetch();
    },
  };
}
