import type { LogFilter, LogItem, LogPage } from '../../contracts/ipc/index.ts';
import { usePages, type Pages } from './pages.ts';

export type LogRows = Omit<Pages<LogPage>, 'pages'> & {
  readonly items: readonly LogItem[];
  /** The first page: where the entries were read, and by which head. */
  readonly first: LogPage | null;
  /** Where the search stands; `null` at the end. */
  readonly next: number | null;
};

const pageSize = 200;

/** Entries of the central log from the newest backwards. They change only when somebody asks again: a list under the eye stays still. */
export function useLog(filter: LogFilter): LogRows {
  const { pages, ...rest } = usePages({
    verb: 'log.list',
    key: filter,
    inputOf: (before) => ({ filter, before, limit: pageSize }),
    next: (page) => page.next,
  });
  return {
    ...rest,
    items: pages.flatMap(({ items }) => items),
    first: pages[0] ?? null,
    next: pages.at(-1)?.next ?? null,
  };
}
