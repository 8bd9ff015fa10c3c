import { useEffect, useState, type ReactNode, type Ref } from 'react';
import { useAnswer, type CaseFilter } from '../../bridge/index.ts';
import { formatCount, IconChevronDown, IconSearch, Keys, Menu, TextField, type MenuItem } from '../../kit/index.ts';
import { useWords, type Words } from '../../words/index.ts';
import { useMemory } from '../memory.tsx';

const views = ['needs-me', 'mine', 'all', 'decided'] as const;
const statuses = ['submitted', 'claimed', 'returned', 'approved', 'refused'] as const;
const sorts = ['oldest', 'newest', 'number'] as const;
const typingPauseMs = 180;

function statusItems(
  words: Words,
  filter: CaseFilter,
  set: (change: Partial<CaseFilter>) => void,
): readonly MenuItem[] {
  const chosen = filter.statuses;
  return [
    ...statuses.map((status): MenuItem => {
      const isChosen = chosen.includes(status);
      const next = isChosen ? chosen.filter((other) => other !== status) : [...chosen, status];
      return {
        kind: 'any-of',
        text: words(`case-status.${status}`),
        isChosen,
        onChoose: () => set({ statuses: next }),
      };
    }),
    { kind: 'line' },
    { kind: 'item', text: words('queue.filterClear'), onChoose: () => set({ statuses: [] }) },
  ];
}

function sortItems(words: Words, filter: CaseFilter, set: (change: Partial<CaseFilter>) => void): readonly MenuItem[] {
  return sorts.map((sort) => ({
    kind: 'one-of',
    text: words(`queue.sort.${sort}`),
    isChosen: filter.sort === sort,
    onChoose: () => set({ sort }),
  }));
}

/** What is typed is searched after a short pause, so that each letter is not a question to the vault. */
function useTyped(value: string, onSettled: (value: string) => void): readonly [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onSettled(typed), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed, value, onSettled]);
  return [typed, setTyped];
}

function Face({ text }: { readonly text: string }): ReactNode {
  return (
    <>
      <span className="cut">{text}</span>
      <IconChevronDown size={14} aria-hidden />
    </>
  );
}

/** Views with their counts, search, states and order. */
export function Filters({ searchRef }: { readonly searchRef: Ref<HTMLInputElement> }): ReactNode {
  const words = useWords();
  const { filter, setFilter } = useMemory();
  const [typed, setTyped] = useTyped(filter.query, (query) => setFilter({ query }));
  const counted = useAnswer('cases.list', { ...filter, offset: 0, limit: 100 }, { keep: true });
  const counts: Readonly<Record<string, number>> = counted.state === 'here' ? counted.value.counts : {};
  const chosen = filter.statuses.map((status) => words(`case-status.${status}`)).join(', ');
  const statusText = chosen === '' ? words('queue.filterAny') : chosen;
  const sortText = words(`queue.sort.${filter.sort}`);
  return (
    <div className="filters">
      <div className="views" role="group" aria-label={words('queue.view')}>
        {views.map((view) => (
          <button
            key={view}
            type="button"
            className="view"
            aria-pressed={filter.view === view}
            onClick={() => setFilter({ view })}
          >
            <span>{words(`queue.title.${view}`)}</span>
            {counts[view] === undefined ? null : <span className="num view-count">{formatCount(counts[view])}</span>}
          </button>
        ))}
      </div>
      <TextField
        ref={searchRef}
        label={words('queue.searchLabel')}
        isLabelHidden
        placeholder={words('queue.search')}
        value={typed}
        onChange={setTyped}
        lengthMax={120}
        icon={<IconSearch size={16} aria-hidden />}
        end={<Keys>/</Keys>}
      />
      <div className="filter-line">
        <Menu
          name={`${words('queue.filter')}: ${statusText}`}
          face={<Face text={statusText} />}
          className="text-button"
          items={statusItems(words, filter, setFilter)}
        />
        <Menu
          name={`${words('queue.sort')}: ${sortText}`}
          face={<Face text={sortText} />}
          className="text-button"
          items={sortItems(words, filter, setFilter)}
          isToRight
        />
      </div>
    </div>
  );
}
