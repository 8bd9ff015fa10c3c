import type { ReactNode } from 'react';
import type { ChangeSummary } from '../../../contracts/ipc/index.ts';
import { State, Time } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { changeTones, changeWords } from './access-words.ts';

/** How a record came to be what it is; each change opens with its diff. */
export function ChangeList({ changes }: { readonly changes: readonly ChangeSummary[] }): ReactNode {
  const words = useWords();
  const go = useGo();
  if (changes.length === 0)
    return (
      <div className="tab-body">
        <p className="quiet">{words('person.noChanges')}</p>
      </div>
    );
  return (
    <ul className="plain-list tab-body">
      {changes.map((change) => (
        <li key={change.caseId} className="history-item">
          <div className="history-line">
            <button
              type="button"
              className="text-button audit-subject"
              onClick={() => go({ page: 'access', part: 'waiting', id: change.caseId })}
            >
              {changeWords(words, change)}
            </button>
            <State tone={changeTones[change.state]}>{words(`change.state.${change.state}`)}</State>
          </div>
          <p className="quiet small">
            {words('change.by', { name: change.author.name })} {words('unit.separator')}{' '}
            <Time atMs={change.proposedAtMs} />
          </p>
          <p className="history-note">{change.reason}</p>
        </li>
      ))}
    </ul>
  );
}
