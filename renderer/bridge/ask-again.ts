import type { QueryClient } from '@tanstack/react-query';

/**
 * Asks everything of a verb again because main says that it changed. The library waits for a first answer that is already
 * on its way, though it was asked for before the change: that one is asked for once more as soon as it is here.
 */
export function askAgain(client: QueryClient, verb: string): void {
  const queries = client.getQueryCache().findAll({ queryKey: [verb], fetchStatus: 'fetching' });
  const olderThanChange = queries.filter(({ state }) => state.data === undefined);
  void client.invalidateQueries({ queryKey: [verb] });
  for (const query of olderThanChange)
    void query.fetch().then(() => client.invalidateQueries({ queryKey: query.queryKey, exact: true }));
}
