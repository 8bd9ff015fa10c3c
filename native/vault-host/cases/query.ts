import type { CaseSummary, VaultRequest } from '../../../contracts/vault-host/index.ts';
import type { CaseLine } from './book.ts';

export type CaseQuery = Omit<VaultRequest<'cases.list'>, 'withState'>;

function isOpenFor({ summary }: CaseLine, person: { readonly iin: string; readonly nowMs: number }): boolean {
  const { status, claim, submitters } = summary;
  if (submitters.some((iin) => iin === person.iin)) return false;
  if (status === 'submitted') return true;
  return status === 'claimed' && claim !== null && (claim.by === person.iin || claim.untilMs <= person.nowMs);
}

function matches(line: CaseLine, query: CaseQuery, words: readonly string[]): boolean {
  const { summary, search, decidedBy } = line;
  if (query.statuses.length > 0 && !query.statuses.includes(summary.status)) return false;
  if (query.claimedBy !== null && (summary.status !== 'claimed' || summary.claim?.by !== query.claimedBy)) return false;
  if (query.decidedBy !== null && decidedBy !== query.decidedBy) return false;
  if (query.notSubmittedBy !== null && summary.submitters.some((iin) => iin === query.notSubmittedBy)) return false;
  if (query.openFor !== null && !isOpenFor(line, query.openFor)) return false;
  return words.every((word) => search.includes(word));
}

const orders: Readonly<Record<CaseQuery['sort'], (a: CaseSummary, b: CaseSummary) => number>> = {
  oldest: (a, b) => a.submittedAtMs - b.submittedAtMs,
  newest: (a, b) => b.submittedAtMs - a.submittedAtMs,
  number: (a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0),
};

/** Filter, order and page; ties are broken by number, so that a page never repeats a case. */
export function queryCases(
  lines: Iterable<CaseLine>,
  query: CaseQuery,
): { readonly items: readonly CaseSummary[]; readonly total: number } {
  const words = query.query
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  const found = [...lines].filter((line) => matches(line, query, words)).map(({ summary }) => summary);
  const order = orders[query.sort];
  found.sort((a, b) => order(a, b) || orders.number(a, b));
  return { items: found.slice(query.offset, query.offset + query.limit), total: found.length };
}
