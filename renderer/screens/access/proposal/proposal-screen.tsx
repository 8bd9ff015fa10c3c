import type { ReactNode } from 'react';
import type { PersonView } from '../../../../contracts/ipc/index.ts';
import { useAnswer, useNow } from '../../../bridge/index.ts';
import { Button, IconArrowBackUp, RefusalBox, Skeleton, useKeys } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { OutcomeBox } from '../../case/outcome-box.tsx';
import { matterOf, matterOfPerson, useMemory } from '../../memory.tsx';
import { ProposalDecision } from './proposal-decision.tsx';
import { startProposal, type ProposalDraft } from './draft.ts';
import { undo } from './steps.ts';
import { ProposalForm } from './proposal-form.tsx';
import { SigningNote } from '../../case/signing-note.tsx';

type Subject = { readonly person: PersonView | null };

/** The draft of this person, begun where there is none, and its way back. */
function useProposal({ person }: Subject) {
  const nowMs = useNow();
  const { proposalOf, setProposal } = useMemory();
  const matter = matterOfPerson(person?.record.iin ?? null);
  const kind = person === null ? 'new' : 'change';
  const draft = proposalOf(matter) ?? startProposal(kind, person?.record ?? null, nowMs);
  const set = (changed: ProposalDraft): void => setProposal(matter, changed);
  return { draft, set, matter, nowMs };
}

function Head(props: {
  readonly person: PersonView | null;
  readonly draft: ProposalDraft;
  readonly onUndo: () => void;
  readonly onBack: () => void;
}): ReactNode {
  const words = useWords();
  const { person, draft } = props;
  return (
    <header className="case-head">
      <div className="case-line">
        <Button tone="quiet" icon={<IconArrowBackUp size={16} aria-hidden />} onClick={props.onBack}>
          {words('propose.back')}
        </Button>
        <Button keys="Ctrl Z" isDisabled={draft.past.length === 0} onClick={props.onUndo}>
          {words('propose.undo')}
        </Button>
      </div>
      <h1>{words(`propose.title.${draft.kind}`)}</h1>
      {person === null ? null : <p className="quiet">{person.record.name}</p>}
    </header>
  );
}

function Proposal({ person }: Subject): ReactNode {
  const words = useWords();
  const go = useGo();
  const { signing } = useMemory();
  const { draft, set, matter, nowMs } = useProposal({ person });
  const back = (): void => go({ page: 'access', part: 'people', id: person?.record.iin ?? null });
  const stepBack = (): void => {
    if (draft.past.length > 0) set(undo(draft));
  };
  useKeys({ 'ctrl+KeyZ': stepBack });
  const isSigning = signing !== null && matterOf(signing) === matter;
  return (
    <div className="propose">
      <section className="case" aria-label={words(`propose.title.${draft.kind}`)}>
        <Head person={person} draft={draft} onUndo={stepBack} onBack={back} />
        <div className="tab-body propose-body">
          <ProposalForm person={person} draft={draft} nowMs={nowMs} onChange={set} />
        </div>
      </section>
      <aside className="decision" aria-label={words('propose.what')}>
        <h2 className="decision-title">{words('propose.what')}</h2>
        <OutcomeBox caseId={matter} />
        {isSigning ? <SigningNote /> : <ProposalDecision person={person} draft={draft} nowMs={nowMs} />}
      </aside>
    </div>
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
