import { useCallback, useRef, useState, type ReactNode } from 'react';
import type { PeopleQuest, PersonSummary } from '../../../../contracts/ipc/index.ts';
import { useNow, usePeople, type OffsetRows } from '../../../bridge/index.ts';
import { Empty, formatCount, IconUsers, RefusalBox, Skeleton, State, useKeys } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { FilterSearch } from '../../filter-choice.tsx';
import { useMemory } from '../../memory.tsx';
import { RowsTable } from '../../rows-table.tsx';
import { ageWords } from '../../status-words.ts';
import { rolesWords, standingTones } from '../access-words.ts';
import { NameCell } from '../name-cell.tsx';
import { Decision, ProposalFrame, Why } from './proposal-frame.tsx';
import {
  decisionOf,
  reviewAct,
  reviewFaults,
  sidesOfReview,
  startReview,
  withDecision,
  type ReviewDecision,
  type ReviewDraft,
} from './review-draft.ts';
import { editField, undo } from './steps.ts';

const columns = ['name', 'roles', 'lastAct', 'reviewed', 'standing', 'decision'] as const;
const decisions = ['keep', 'revoke'] as const;

type Decide = (person: PersonSummary, decision: ReviewDecision) => void;

function Choice(props: {
  readonly person: PersonSummary;
  readonly draft: ReviewDraft;
  readonly onDecide: Decide;
}): ReactNode {
  const words = useWords();
  const { person, draft, onDecide } = props;
  const chosen = decisionOf(draft, person);
  return (
    <span role="cell" className="review-choice">
      {decisions.map((decision) => (
        <button
          key={decision}
          type="button"
          tabIndex={-1}
          className={`review-button review-${decision}`}
          aria-pressed={chosen === decision}
          aria-label={`${person.name}: ${words(`change.decision.${decision}`)}`}
          disabled={person.isMe}
          onClick={() => onDecide(person, decision)}
        >
          {words(`change.decision.${decision}`)}
        </button>
      ))}
    </span>
  );
}

function Cells(props: {
  readonly person: PersonSummary;
  readonly draft: ReviewDraft;
  readonly onDecide: Decide;
}): ReactNode {
  const words = useWords();
  const nowMs = useNow();
  const { person } = props;
  const age = (atMs: number | null): string => (atMs === null ? words('review.never') : ageWords(words, nowMs - atMs));
  return (
    <>
      <span role="cell" className="people-name">
        <NameCell name={person.name} room={20} />
        {person.isMe ? <span className="quiet small">{words('people.me')}</span> : null}
      </span>
      <span role="cell" className="cut small" title={rolesWords(words, person.roles)}>
        {rolesWords(words, person.roles)}
      </span>
      <span role="cell" className="cut quiet num">
        {age(person.lastActMs)}
      </span>
      <span role="cell" className="cut quiet num">
        {age(person.reviewedAtMs)}
      </span>
      <span role="cell" className="cut">
        <State tone={standingTones[person.standing]}>{words(`standing.${person.standing}`)}</State>
      </span>
      <Choice {...props} />
    </>
  );
}

type ListProps = {
  readonly people: OffsetRows<PersonSummary>;
  readonly draft: ReviewDraft;
  readonly onDecide: Decide;
};

/** One by one: the row that is chosen is decided by a key, and the next one is looked at. */
function List({ people, draft, onDecide }: ListProps): ReactNode {
  const words = useWords();
  const [iin, setIin] = useState<string | null>(null);
  const at = people.items.findIndex((person) => person.iin === iin);
  const decide = (decision: ReviewDecision) => (): void => {
    const person = people.items[at];
    if (person === undefined || person.isMe) return;
    onDecide(person, decision);
    setIin(people.items[at + 1]?.iin ?? person.iin);
  };
  useKeys({ KeyA: decide('keep'), KeyX: decide('revoke') });
  return (
    <RowsTable
      label={words('review.table')}
      heads={columns.map((column) => words(`review.column.${column}`))}
      rows={people}
      cells={(person) => <Cells person={person} draft={draft} onDecide={onDecide} />}
      keyOf={(person) => person.iin}
      nameOf={({ name }) => name}
      chosen={iin}
      onChoose={setIin}
      pageStep={10}
    />
  );
}

function Rows(props: ListProps): ReactNode {
  const words = useWords();
  const { people } = props;
  if (people.isWaiting) return <Skeleton name={words('loading')} lines={12} />;
  if (people.refusal !== null) return <RefusalBox refusal={people.refusal} onAgain={people.again} />;
  if (people.items.length > 0) return <List {...props} />;
  return (
    <Empty
      icon={<IconUsers size={28} aria-hidden />}
      title={words('people.empty.found')}
      text={words('people.empty.foundText')}
    />
  );
}

/** Whose rights are not at their end yet. */
const quest: Omit<PeopleQuest, 'query'> = {
  roles: [],
  standings: ['active', 'ahead', 'blocked'],
  onlyContractors: false,
  onlyEndingSoon: false,
  sort: 'name',
};

function Form({ draft, onDecide }: Pick<ListProps, 'draft' | 'onDecide'>): ReactNode {
  const words = useWords();
  const [query, setQuery] = useState('');
  const ask = useCallback((text: string) => setQuery(text), []);
  const people = usePeople({ ...quest, query });
  const searchRef = useRef<HTMLInputElement>(null);
  useKeys({ Slash: () => searchRef.current?.focus() });
  const done = Object.keys(draft.fields.decided).length;
  return (
    <div className="review people">
      <p className="quiet small">{words('review.text')}</p>
      <div className="review-line">
        <FilterSearch
          ref={searchRef}
          label={words('people.searchLabel')}
          placeholder={words('people.search')}
          query={query}
          onQuery={ask}
        />
        <span className="num" role="status">
          {words('review.progress', { done: formatCount(done), all: formatCount(people.counts['all'] ?? 0) })}
        </span>
      </div>
      <Rows people={people} draft={draft} onDecide={onDecide} />
    </div>
  );
}

function Outcome({ draft }: { readonly draft: ReviewDraft }): ReactNode {
  const words = useWords();
  const { keep, revoke } = sidesOfReview(draft);
  return (
    <>
      <p>{words('review.kept', { count: keep.length })}</p>
      <p>{words('review.revoked', { count: revoke.length })}</p>
      {revoke.length === 0 ? null : (
        <ul className="advice">
          {revoke.map((name) => (
            <li key={name}>{name}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The rights of everybody, looked at one by one: there is no button that keeps them all. */
export function ReviewProposal(): ReactNode {
  const words = useWords();
  const go = useGo();
  const { proposalOf, setProposal } = useMemory();
  const held = proposalOf('review');
  const draft = held?.of === 'review' ? held : startReview();
  const set = (changed: ReviewDraft): void => setProposal('review', changed);
  const decide: Decide = (person, decision) => {
    const wanted = decisionOf(draft, person) === decision ? null : decision;
    set(editField(draft, 'decided', withDecision(draft, person, wanted)));
  };
  return (
    <ProposalFrame
      title={words('propose.title.review')}
      matter="review"
      canUndo={draft.past.length > 0}
      onUndo={() => set(undo(draft))}
      onBack={() => go({ page: 'access', part: 'people', id: null })}
      form={<Form draft={draft} onDecide={decide} />}
      decision={
        <Decision act={reviewAct(draft)} faults={reviewFaults(draft).map(({ id }) => words(`fault.${id}`))}>
          <Outcome draft={draft} />
          <Why fields={draft.fields} onChange={(name, value) => set(editField(draft, name, value))} />
        </Decision>
      }
    />
  );
}
