import { useEffect, useState, type ReactNode, type Ref } from 'react';
import { IconChevronDown, IconSearch, Keys, Menu, TextField, type MenuItem } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { useMemory, type LogQuest } from '../memory.tsx';

const kinds = ['act', 'staff', 'device', 'policy', 'platform'] as const;
const outcomes = ['accepted', 'superseded', 'refused'] as const;
const periods = ['any', 'today', 'week', 'month', 'year'] as const;
const typingPauseMs = 250;

function toggled<T>(all: readonly T[], one: T): T[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}

function Choice<T extends string>(props: {
  readonly name: string;
  readonly any: string;
  readonly all: readonly T[];
  readonly chosen: readonly T[];
  readonly textOf: (one: T) => string;
  readonly onChange: (chosen: T[]) => void;
}): ReactNode {
  const { name, any, all, chosen, textOf, onChange } = props;
  const text = chosen.length === 0 ? any : chosen.map(textOf).join(', ');
  const items: readonly MenuItem[] = [
    ...all.map((one): MenuItem => ({
      kind: 'any-of',
      text: textOf(one),
      isChosen: chosen.includes(one),
      onChoose: () => onChange(toggled(chosen, one)),
    })),
    { kind: 'line' },
    { kind: 'item', text: any, onChoose: () => onChange([]) },
  ];
  return <Menu name={`${name}: ${text}`} face={<Face text={text} />} className="text-button" items={items} />;
}

function Face({ text }: { readonly text: string }): ReactNode {
  return (
    <>
      <span className="cut">{text}</span>
      <IconChevronDown size={14} aria-hidden />
    </>
  );
}

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
    <Menu name={`${words('log.period')}: ${text}`} face={<Face text={text} />} className="text-button" items={items} />
  );
}

/** Search by number, id, hash or day, and what kinds, outcomes and times are wanted. */
export function LogFilters(props: { readonly searchRef: Ref<HTMLInputElement>; readonly end: ReactNode }): ReactNode {
  const words = useWords();
  const { logQuest, setLogQuest } = useMemory();
  const [typed, setTyped] = useState(logQuest.query);
  useEffect(() => {
    if (typed === logQuest.query) return undefined;
    const timer = setTimeout(() => setLogQuest({ query: typed }), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed, logQuest.query, setLogQuest]);
  return (
    <div className="log-filters">
      <TextField
        ref={props.searchRef}
        label={words('log.searchLabel')}
        isLabelHidden
        placeholder={words('log.search')}
        value={typed}
        onChange={setTyped}
        lengthMax={120}
        icon={<IconSearch size={16} aria-hidden />}
        end={<Keys>/</Keys>}
      />
      <div className="filter-line">
        <Choice
          name={words('log.kinds')}
          any={words('log.kinds.any')}
          all={kinds}
          chosen={logQuest.kinds}
          textOf={(kind) => words(`log.kind.${kind}`)}
          onChange={(chosen) => setLogQuest({ kinds: chosen })}
        />
        <Choice
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
