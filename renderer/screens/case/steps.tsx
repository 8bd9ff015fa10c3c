import type { ReactNode } from 'react';
import type { JournalItem } from '../../../contracts/ipc/index.ts';
import { formatCount, StepShape } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

type Act = NonNullable<JournalItem['act']>;

/** How far each step is for a state of the act. */
export function stepStates(state: Act['state']): readonly ('done' | 'now' | 'later' | 'bad')[] {
  switch (state) {
    case 'recorded':
      return ['done', 'now', 'later'];
    case 'sent':
      return ['done', 'done', 'now'];
    case 'logged':
    case 'superseded':
      return ['done', 'done', 'done'];
    case 'refused':
      return ['done', 'done', 'bad'];
    case 'overdue':
      return ['done', 'done', 'now'];
    default:
      return ['done', 'later', 'later'];
  }
}

/** Recorded here → sent → in the central log № N: three steps that stand still. */
export function Steps({ act }: { readonly act: Act }): ReactNode {
  const words = useWords();
  const states = stepStates(act.state);
  const last =
    act.state === 'refused' || act.state === 'overdue'
      ? words(`steps.${act.state}`)
      : act.logIndex === null
        ? words('steps.loggedLater')
        : words('steps.logged', { number: formatCount(act.logIndex + 1) });
  const names = [words('steps.recorded'), words('steps.sent'), last];
  return (
    <ol className="steps" aria-label={words('steps.title')}>
      {names.map((name, index) => (
        <li key={index} className={`step step-${states[index] ?? 'later'}`}>
          <StepShape state={states[index] ?? 'later'} />
          <span className="num">{name}</span>
        </li>
      ))}
    </ol>
  );
}
