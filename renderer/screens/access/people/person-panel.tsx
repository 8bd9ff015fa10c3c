import { useState, type ReactNode } from 'react';
import type { PersonView } from '../../../../contracts/ipc/index.ts';
import { useAnswer, useNow } from '../../../bridge/index.ts';
import { Button, IdentityNumber, Note, State, Tabs, useKeys } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { EntryFrame } from '../../entry-frame.tsx';
import { matterOfPerson, useMemory } from '../../memory.tsx';
import { rolesWords, standingTones } from '../access-words.ts';
import { ChangeList } from '../change-list.tsx';
import { kindsFor, startProposal, type ProposalKind } from '../proposal/draft.ts';
import { WhyNot } from '../why-not.tsx';
import { Sessions } from '../account/sessions.tsx';
import { BlockedActsNote, openActs, useBlockedActs, type BlockedActs } from './blocked-acts.tsx';
import { PersonAudit } from './person-audit.tsx';
import { PersonRecord } from './person-record.tsx';

const tabs = ['record', 'changes', 'audit', 'sessions'] as const;
type PersonTab = (typeof tabs)[number];

type Of = { readonly person: PersonView; readonly blocked: BlockedActs | null };

function Actions({ person, blocked }: Of): ReactNode {
  const words = useWords();
  const go = useGo();
  const nowMs = useNow();
  const { setProposal, proposalOf } = useMemory();
  const { iin } = person.record;
  const start = (kind: ProposalKind): void => {
    const matter = matterOfPerson(iin);
    // A draft that was begun is gone on with.
    const held = proposalOf(matter);
    if (held?.of !== 'staff' || held.kind !== kind) setProposal(matter, startProposal(kind, person.record, nowMs));
    go({ page: 'access', part: 'propose', id: iin });
  };
  const refusalOf = (kind: ProposalKind) => (kind === 'block' ? person.blocking : person.propose);
  const kinds = kindsFor(person);
  const releasing = blocked?.state === 'here' ? blocked.value.propose : null;
  const hasOpen = openActs(blocked).length > 0;
  const closed = [...kinds.map(refusalOf), ...(hasOpen ? [releasing] : [])].find((refusal) => refusal !== null) ?? null;
  return (
    <div className="person-actions">
      {kinds.map((kind) => (
        <Button key={kind} isDisabled={refusalOf(kind) !== null} onClick={() => start(kind)}>
          {words(`propose.kind.${kind}`)}
        </Button>
      ))}
      {hasOpen ? (
        <Button
          isDisabled={releasing !== null}
          onClick={() => go({ page: 'access', part: 'propose-release', id: iin })}
        >
          {words('propose.kind.release')}
        </Button>
      ) : null}
      <WhyNot refusal={closed} />
    </div>
  );
}

function Head({ person, blocked }: Of): ReactNode {
  const words = useWords();
  const { summary, record } = person;
  return (
    <header className="case-head person-head-line">
      <div className="case-line">
        <span className="quiet">
          {words('id.iin')} <IdentityNumber value={record.iin} />
        </span>
        <State tone={standingTones[summary.standing]} isSoft>
          {words(`standing.${summary.standing}`)}
        </State>
      </div>
      <h1 className="selectable">{record.name}</h1>
      <p className="quiet small">{rolesWords(words, record.roles)}</p>
      {summary.waiting === 0 ? null : <Note tone="waiting">{words('people.waiting', { count: summary.waiting })}</Note>}
      <BlockedActsNote acts={blocked} />
      <Actions person={person} blocked={blocked} />
    </header>
  );
}

function Person({ person }: { readonly person: PersonView }): ReactNode {
  const words = useWords();
  const [tab, setTab] = useState<PersonTab>('record');
  const blocked = useBlockedActs(person);
  useKeys({
    Digit1: () => setTab(tabs[0]),
    Digit2: () => setTab(tabs[1]),
    Digit3: () => setTab(tabs[2]),
    Digit4: () => setTab(tabs[3]),
  });
  const contents = {
    record: <PersonRecord person={person} blocked={blocked} />,
    changes: <ChangeList changes={person.changes} />,
    audit: <PersonAudit person={person} />,
    sessions: (
      <div className="tab-body sessions-page">
        <Sessions of={person.summary.isMe ? null : person.record.iin} />
      </div>
    ),
  };
  return (
    <div className="case person">
      <Head person={person} blocked={blocked} />
      <Tabs
        label={words('person.tabs')}
        value={tab}
        onChange={setTab}
        tabs={tabs.map((value) => ({ value, label: words(`person.tab.${value}`), content: contents[value] }))}
      />
    </div>
  );
}

/** One person: his record, how it came to be, and everything that he did and may do. */
export function PersonPanel({ iin }: { readonly iin: string }): ReactNode {
  const words = useWords();
  const answer = useAnswer('people.get', { iin });
  return <EntryFrame label={words('person.title')} answer={answer} show={(person) => <Person person={person} />} />;
}
