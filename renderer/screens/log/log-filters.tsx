import { useCallback, type ReactNode, type Ref } from 'react';
import { Menu, type MenuItem } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { FilterChoice, FilterFace, FilterSearch } from '../filter-choice.tsx';
import { useMemory, type LogQuest } from '../memory.tsx';

const kinds = ['act', 'staff', 'device', 'policy', 'platform', 'break-glass'] as const;
const outcomes = ['accepted', 'superseded', 'refused'] as const;
const periods = ['any', 'today', 'week', 'month', 'year'] as const;

function Period({
  quest,
  onChange,
}: {
  readonly quest: LogQuest;
  readonly onChange: (period: LogQuest['period']) => void;
}): ReactNode {
  const words = useWords();
  const text = words(`log.period.${quest.period}`);
  const items = periods.map((period): MenuItem => ({
    kind: 'one-of',
    text: words(`log.period.${period}`),
    isChosen: quest.period === period,
    onChoose: () => onChange(period),
  }));
  return (
    <Menu
      name={`${words('log.period')}: ${text}`}
      face={<FilterFace text={text} />}
      className="text-button"
      items={items}
    />
  );
}

/** Search by number, id, hash or day, and what kinds, outcomes and times are wanted. */
export function LogFilters(props: { readonly searchRef: Ref<HTMLInputElement>; readonly end: ReactNode }): ReactNode {
  const words = useWords();
  const { logQuest, setLogQuest } = useMemory();
  const setQuery = useCallback((query: string) => setLogQuest({ query }), [setLogQuest]);
  return (
    <div className="log-filters">
      <FilterSearch
        ref={props.searchRef}
        label={words('log.searchLabel')}
        placeholder={words('log.search')}
        query={logQuest.query}
        onQuery={setQuery}
      />
      <div className="filter-line">
        <FilterChoice
          name={words('log.kinds')}
          any={words('log.kinds.any')}
          all={kinds}
          chosen={logQuest.kinds}
          textOf={(kind) => words(`log.kind.${kind}`)}
          onChange={(chosen) => setLogQuest({ kinds: chosen })}
        />
        <FilterChoice
          name={words('log.outcomes')}
          any={words('log.outcomes.any')}
          all={outcomes}
          chosen={logQuest.outcomes}
          textOf={(outcome) => words(`log.outcome.${outcome}`)}
          onChange={(chosen) => setLogQuest({ outcomes: chosen })}
        />
        <Period quest={logQuest} onChange={(period) => setLogQuest({ period })} />
        {props.end}
      </div>
    </div>
  );
}
