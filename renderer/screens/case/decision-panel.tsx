import type { ReactNode } from 'react';
import type { CaseView } from '../../../contracts/ipc/index.ts';
import { formatTime, RefusalBox, State, useKeys, type ShownRefusal } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { matterOf, useMemory } from '../memory.tsx';
import { DecisionForm } from './decision-form.tsx';
import { OutcomeBox } from './outcome-box.tsx';
import { Preview } from './preview.tsx';
import { SignFoot, useSigning } from './sign-foot.tsx';
import { SigningNote } from './signing-note.tsx';

function refusalOf(view: CaseView, type: string): ShownRefusal | null {
  const allowed = view.allowed.find((act) => act.type === type);
  return allowed === undefined ? { code: 'role-missing' } : allowed.refusal;
}

function Closed({ view }: { readonly view: CaseView }): ReactNode {
  const words = useWords();
  const isReturned = view.summary.status === 'returned';
  const last = view.history
    .filter(({ type }) => /\.(?:approve|refuse|return)$/u.test(type))
    .toSorted((a, b) => b.atMs - a.atMs)[0];
  return (
    <div className="decision-part">
      <State tone={view.summary.status === 'approved' ? 'good' : isReturned ? 'over' : 'bad'}>
        {words(isReturned ? 'decision.returned' : 'decision.closed')}
      </State>
      {last === undefined ? null : (
        <>
          <h3>{words.act(last.type)}</h3>
          <p className="quiet small num">
            {words('decision.closedBy', { name: last.byName, time: formatTime(last.atMs) })}
          </p>
        </>
      )}
      {isReturned ? <p className="quiet">{words('decision.returnedText')}</p> : null}
    </div>
  );
}

function ClaimFirst({ view }: { readonly view: CaseView }): ReactNode {
  const words = useWords();
  const signing = useSigning({ type: 'registration.claim', caseId: view.summary.id });
  useKeys({ KeyC: signing.signNow, 'ctrl+Enter': signing.signNow });
  return (
    <>
      <div className="decision-scroll">
        <div className="decision-part">
          <h3>{words('decision.claimFirst')}</h3>
          <p className="quiet">{words('decision.claimText')}</p>
        </div>
        <Preview answer={signing.preview} />
      </div>
      <SignFoot signing={signing} label={words('decision.claim')} keys="C" />
    </>
  );
}

function NotNow({ refusal }: { readonly refusal: ShownRefusal }): ReactNode {
  const words = useWords();
  return (
    <div className="decision-part">
      <h3>{words('decision.notNow')}</h3>
      <RefusalBox refusal={refusal} />
    </div>
  );
}

function Body({ view }: { readonly view: CaseView }): ReactNode {
  const { signing } = useMemory();
  const { status } = view.summary;
  if (signing !== null && matterOf(signing) === view.summary.id) return <SigningNote />;
  if (status === 'approved' || status === 'refused' || status === 'returned') return <Closed view={view} />;
  if (refusalOf(view, 'registration.approve') === null) {
    return <DecisionForm view={view} isReleasable={refusalOf(view, 'registration.release') === null} />;
  }
  const claim = refusalOf(view, 'registration.claim');
  return claim === null ? <ClaimFirst view={view} /> : <NotNow refusal={claim} />;
}

/** What can be decided now, and if nothing, why not. */
export function DecisionPanel({ view, onNext }: { readonly view: CaseView; readonly onNext: () => void }): ReactNode {
  const words = useWords();
  return (
    <aside className="decision" aria-label={words('decision.title')}>
      <h2 className="decision-title">{words('decision.title')}</h2>
      <OutcomeBox caseId={view.summary.id} onNext={onNext} />
      <Body view={view} />
    </aside>
  );
}
