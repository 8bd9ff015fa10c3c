import type { ReactNode } from 'react';
import type { HistoryItem } from '../../../contracts/ipc/index.ts';
import { Hash, IdentityNumber, State, Time } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { actStateWords, actTones } from '../status-words.ts';

function Item({ item }: { readonly item: HistoryItem }): ReactNode {
  const words = useWords();
  return (
    <li className="history-item">
      <div className="history-line">
        <h3>{words.act(item.type)}</h3>
        <State tone={actTones[item.state]}>{actStateWords(words, item.state, item.logIndex)}</State>
      </div>
      <p className="quiet small">
        <Time atMs={item.atMs} /> {words('unit.separator')} {item.byName} {words('unit.separator')} {words('id.iin')}{' '}
        <IdentityNumber value={item.byIin} /> {words('unit.separator')} <Hash value={item.hash} />
      </p>
      {item.reasons.length === 0 ? null : (
        <ul className="history-reasons">
          {item.reasons.map((code) => (
            <li key={code}>{words.reason(code)}</li>
          ))}
        </ul>
      )}
      {item.note === '' ? null : <p className="history-note selectable">{item.note}</p>}
    </li>
  );
}

/** All acts on the case, newest first, each with how far it has come. */
export function HistoryTab({ history }: { readonly history: readonly HistoryItem[] }): ReactNode {
  const words = useWords();
  if (history.length === 0) return <p className="tab-body quiet">{words('history.empty')}</p>;
  return (
    <ol className="tab-body history">
      {history
        .toSorted((a, b) => b.atMs - a.atMs)
        .map((item) => (
          <Item key={item.actionId} item={item} />
        ))}
    </ol>
  );
}
