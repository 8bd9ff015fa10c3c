import type { ReactNode } from 'react';
import type { PersonView } from '../../../../contracts/ipc/index.ts';
import { useAnswer, useNow } from '../../../bridge/index.ts';
import { RefusalBox, Skeleton } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { matterOfPerson, useMemory } from '../../memory.tsx';
import { ProposalDecision } from './proposal-decision.tsx';
import { kindsFor, startProposal, type ProposalDraft } from './draft.ts';
import { undo } from './steps.ts';
import { ProposalForm } from './proposal-form.tsx';
import { ProposalFrame } from './proposal-frame.tsx';

type Subject = { readonly person: PersonView | null };

/** The draft of this person, begun where there is none, and its way back. */
function useProposal({ person }: Subject) {
  const nowMs = useNow();
  const { proposalOf, setProposal } = useMemory();
  const matter = matterOfPerson(person?.record.iin ?? null);
  const kind = person === null ? 'new' : kindsFor(person)[0];
  const held = proposalOf(matter);
  const draft = held?.of === 'staff' ? held : startProposal(kind, person?.record ?? null, nowMs);
  const set = (changed: ProposalDraft): void => setProposal(matter, changed);
  return { draft, set, matter, nowMs };
}

function Proposal({ person }: Subject): ReactNode {
  const words = useWords();
  const go = useGo();
  const { draft, set, matter, nowMs } = useProposal({ person });
  return (
    <ProposalFrame
      title={words(`propose.title.${draft.kind}`)}
      subtitle={person?.record.name}
      matter={matter}
      canUndo={draft.past.length > 0}
      onUndo={() => set(undo(draft))}
      onBack={() => go({ page: 'access', part: 'people', id: person?.record.iin ?? null })}
      form={<ProposalForm person={person} draft={draft} nowMs={nowMs} onChange={set} />}
      decision={<ProposalDecision person={person} draft={draft} nowMs={nowMs} />}
    />
  );
}

function OfPerson({ iin }: { readonly iin: string }): ReactNode {
  const words = useWords();
  const answer = useAnswer('people.get', { iin });
  if (answer.state === 'here') return <Proposal person={answer.value} />;
  return (
    <div className="case-wait">
      {answer.state === 'waiting' ? <Skeleton name={words('loading')} lines={8} /> : null}
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} isLarge /> : null}
    </div>
  );
}

/** A change of a person, as it is thought about: nothing is recorded before it is signed. */
export function ProposalScreen({ iin }: { readonly iin: string | null }): ReactNode {
  return iin === null ? <Proposal key="new" person={null} /> : <OfPerson key={iin} iin={iin} />;
}
