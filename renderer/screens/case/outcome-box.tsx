import type { ReactNode } from 'react';
import { useAnswer } from '../../bridge/index.ts';
import { Button, Note, RefusalBox } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { matterOf, useMemory, type Outcome } from '../memory.tsx';
import { Steps } from './steps.tsx';

function Signed({
  outcome,
  onNext,
}: {
  readonly outcome: Extract<Outcome, { kind: 'signed' }>;
  readonly onNext: (() => void) | undefined;
}): ReactNode {
  const words = useWords();
  const go = useGo();
  const answer = useAnswer('journal.get', { sequence: outcome.sequence }, { keep: true });
  const act = answer.state === 'here' ? answer.value.item.act : null;
  return (
    <div className="outcome" role="status">
      <h3>{words.act(outcome.type)}</h3>
      {act === null ? null : <Steps act={act} />}
      {act?.refusal === undefined || act.refusal === null ? null : <RefusalBox refusal={act.refusal} />}
      {act?.state === 'logged' ? null : <p className="quiet small">{words('steps.notEvidence')}</p>}
      <div className="outcome-actions">
        <Button tone="quiet" onClick={() => go({ page: 'journal', sequence: outcome.sequence })}>
          {words('decision.openEntry', { sequence: outcome.sequence })}
        </Button>
        {onNext === undefined || outcome.type === 'registration.claim' ? null : (
          <Button keys="J" onClick={onNext}>
            {words('decision.next')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** How the last signing on this case ended; it stays until the next one. */
export function OutcomeBox({ caseId, onNext }: { readonly caseId: string; readonly onNext?: () => void }): ReactNode {
  const words = useWords();
  const { outcomeOf, signing } = useMemory();
  const outcome = outcomeOf(caseId);
  if (outcome === undefined || (signing !== null && matterOf(signing) === caseId)) return null;
  if (outcome.kind === 'signed') return <Signed outcome={outcome} onNext={onNext} />;
  return (
    <div className="decision-part">
      {outcome.kind === 'cancelled' ? (
        <Note>{words('decision.cancelled')}</Note>
      ) : (
        <RefusalBox refusal={outcome.refusal} />
      )}
    </div>
  );
}
