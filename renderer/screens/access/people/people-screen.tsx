import { useCallback, useRef, type ReactNode, type Ref } from 'react';
import type { PeopleQuest, PersonSummary } from '../../../../contracts/ipc/index.ts';
import { roles } from '../../../../core/access/index.ts';
import { usePeople, type OffsetRows } from '../../../bridge/index.ts';
import {
  Button,
  Empty,
  formatCount,
  IconShieldCheck,
  IconUserPlus,
  IconUsers,
  Menu,
  Note,
  RefusalBox,
  Skeleton,
  useKeys,
  type MenuItem,
} from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { FilterChoice, FilterFace, FilterSearch } from '../../filter-choice.tsx';
import { useMemory } from '../../memory.tsx';
import { standings } from '../access-words.ts';
import { PeopleTable } from './people-table.tsx';
import { PersonPanel } from './person-panel.tsx';

type ContractChoice = 'any' | 'contractors' | 'soon';
const contractChoices = ['any', 'contractors', 'soon'] as const;

function contractOf({ onlyContractors, onlyEndingSoon }: PeopleQuest): ContractChoice {
  if (onlyEndingSoon) return 'soon';
  return onlyContractors ? 'contractors' : 'any';
}

/** Everybody, contractors, or whoever's right ends soon by the policy. */
function ContractFilter(): ReactNode {
  const words = useWords();
  const { peopleQuest, setPeopleQuest } = useMemory();
  const choose = (choice: ContractChoice): void =>
    setPeopleQuest({
      onlyContractors: choice === 'contractors',
      onlyEndingSoon: choice === 'soon',
      sort: choice === 'soon' ? 'ends-first' : 'name',
    });
  const chosen = contractOf(peopleQuest);
  const items = contractChoices.map((choice): MenuItem => ({
    kind: 'one-of',
    text: words(`people.contract.${choice}`),
    isChosen: choice === chosen,
    onChoose: () => choose(choice),
  }));
  const text = words(`people.contract.${chosen}`);
  return (
    <Menu
      name={`${words('people.contract')}: ${text}`}
      face={<FilterFace text={text} />}
      className="text-button"
      items={items}
    />
  );
}

function Filters({ searchRef }: { readonly searchRef: Ref<HTMLInputElement> }): ReactNode {
  const words = useWords();
  const { peopleQuest, setPeopleQuest } = useMemory();
  const setQuery = useCallback((query: string) => setPeopleQuest({ query }), [setPeopleQuest]);
  return (
    <div className="log-filters">
      <FilterSearch
        ref={searchRef}
        label={words('people.searchLabel')}
        placeholder={words('people.search')}
        query={peopleQuest.query}
        onQuery={setQuery}
      />
      <div className="filter-line">
        <FilterChoice
          name={words('people.roles')}
          any={words('people.roles.any')}
          all={roles}
          chosen={roles.filter((role) => peopleQuest.roles.includes(role))}
          textOf={(role) => words.role(role)}
          onChange={(chosen) => setPeopleQuest({ roles: chosen })}
        />
        <FilterChoice
          name={words('people.standings')}
          any={words('people.standings.any')}
          all={standings}
          chosen={peopleQuest.standings}
          textOf={(standing) => words(`standing.${standing}`)}
          onChange={(chosen) => setPeopleQuest({ standings: chosen })}
        />
        <ContractFilter />
      </div>
    </div>
  );
}

type People = OffsetRows<PersonSummary>;

function Rows({ people, iin }: { readonly people: People; readonly iin: string | null }): ReactNode {
  const words = useWords();
  if (people.isWaiting) return <Skeleton name={words('loading')} lines={12} />;
  if (people.refusal !== null) return <RefusalBox refusal={people.refusal} onAgain={people.again} />;
  if (people.items.length > 0) return <PeopleTable people={people} iin={iin} />;
  const kind = (people.counts['all'] ?? 0) === 0 ? 'none' : 'found';
  return (
    <Empty
      icon={<IconUsers size={28} aria-hidden />}
      title={words(`people.empty.${kind}`)}
      text={words(`people.empty.${kind}Text`)}
    />
  );
}

/** Whose rights two people have to look at: late, else soon; nothing where everybody was looked at in time. */
function ReviewReminder({ counts }: Pick<People, 'counts'>): ReactNode {
  const words = useWords();
  const [overdue = 0, due = 0] = [counts['review-overdue'], counts['review-due']];
  if (overdue + due === 0) return null;
  const text =
    overdue > 0 ? words('people.review.overdue', { count: overdue }) : words('people.review.due', { count: due });
  return <Note tone="waiting">{text}</Note>;
}

/** The person beside the list, or that one is to be chosen. */
function Beside({ iin }: { readonly iin: string | null }): ReactNode {
  const words = useWords();
  if (iin !== null) return <PersonPanel key={iin} iin={iin} />;
  return (
    <div className="journal-none">
      <Empty
        icon={<IconUsers size={28} aria-hidden />}
        title={words('people.choose')}
        text={words('people.chooseText')}
      />
    </div>
  );
}

/** Everybody who has, had or will have rights here. */
export function PeopleScreen({ iin }: { readonly iin: string | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  const { peopleQuest } = useMemory();
  const people = usePeople(peopleQuest);
  const searchRef = useRef<HTMLInputElement>(null);
  const create = (): void => go({ page: 'access', part: 'propose', id: null });
  const review = (): void => go({ page: 'access', part: 'propose-review', id: null });
  useKeys({ Slash: () => searchRef.current?.focus(), KeyN: create });
  return (
    <div className="journal people">
      <section className="journal-left" aria-label={words('access.part.people')}>
        <header className="journal-head">
          <h1>{words('access.part.people')}</h1>
          <span className="quiet num">
            {people.isWaiting || people.refusal !== null ? '' : formatCount(people.total)}
          </span>
          <div className="head-actions">
            <Button icon={<IconShieldCheck size={16} aria-hidden />} onClick={review}>
              {words('people.review')}
            </Button>
            <Button icon={<IconUserPlus size={16} aria-hidden />} keys="N" onClick={create}>
              {words('people.create')}
            </Button>
          </div>
        </header>
        <ReviewReminder counts={people.counts} />
        <Filters searchRef={searchRef} />
        <Rows people={people} iin={iin} />
      </section>
      {people.refusal === null ? <Beside iin={iin} /> : null}
    </div>
  );
}
