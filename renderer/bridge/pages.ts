import { useInfiniteQuery } from '@tanstack/react-query';
import type { ScreenInput, ScreenOutput, ScreenVerb } from '../../contracts/ipc/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import { callSafely } from './calls.ts';
import { useBridge } from './context.tsx';

/** A list that comes page by page, from the newest backwards. */
export type Pages<Page> = {
  readonly isWaiting: boolean;
  readonly refusal: Refusal | null;
  readonly pages: readonly Page[];
  readonly isFetching: boolean;
  /** Asks for the next older page, where there is one and none is on its way. */
  readonly more: () => void;
  /** Asks for everything anew. */
  readonly again: () => void;
};

type PagesOptions<V extends ScreenVerb> = {
  readonly verb: V;
  /** What tells this list from others of the same verb. */
  readonly key: object;
  readonly inputOf: (before: number | null) => ScreenInput<V>;
  /** What the page behind this one is asked with; nothing at the end. */
  readonly next: (page: ScreenOutput<V>) => number | null | undefined;
};

export function usePages<V extends ScreenVerb>(options: PagesOptions<V>): Pages<ScreenOutput<V>> {
  const { verb, key, inputOf, next } = options;
  const bridge = useBridge();
  const query = useInfiniteQuery({
    queryKey: [verb, key],
    queryFn: ({ pageParam }) => callSafely(bridge, verb, inputOf(pageParam)),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.ok ? next(last.value) : null),
  });
  const answers = query.data?.pages ?? [];
  const refused = answers.find((answer) => !answer.ok);
  return {
    isWaiting: answers.length === 0,
    refusal: refused?.ok === false ? refused.refusal : null,
    pages: answers.flatMap((answer) => (answer.ok ? [answer.value] : [])),
    isFetching: query.isFetching,
    more: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    again: () => void query.refetch(),
  };
}

type SequencePage<Item> = { readonly items: readonly Item[]; readonly total: number };

/** The rows of such pages, whose items count down by their sequence. */
export type SequenceRows<Item> = Omit<Pages<never>, 'pages' | 'isFetching'> & SequencePage<Item>;

/** What comes behind a page of `size` items; a shorter one is the last. */
export function nextBySequence(
  { items }: SequencePage<{ readonly sequence: number }>,
  size: number,
): number | undefined {
  return items.length === size ? items.at(-1)?.sequence : undefined;
}

export function sequenceRows<Item>({ pages, ...rest }: Pages<SequencePage<Item>>): SequenceRows<Item> {
  return { ...rest, items: pages.flatMap(({ items }) => items), total: pages[0]?.total ?? 0 };
}
