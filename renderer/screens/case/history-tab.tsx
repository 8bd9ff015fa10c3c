import { useState, type ReactNode } from 'react';
import type { HistoryItem } from '../../../contracts/ipc/index.ts';
import { Button, Hash, IconSignature, IdentityNumber, State, Time } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { actStateWords, actTones, attestationWords } from '../status-words.ts';
import { SignatureSheet } from './signature-sheet.tsx';

function Item({ item, onSignature }: { readonly item: HistoryItem; readonly onSignature: () => void }): ReactNode {
  const words = useWords();
  return (
    <li className="history-item">
      <div className="history-line">
        <h3>{words.act(item.type)}</h3>
        <State tone={actTones[item.state]}>{actStateWords(words, item.state, item.logIndex)}</State>
      </div>
      <div className="history-line">
        <p className="quiet small">
          <Time atMs={item.atMs} /> {words('unit.separator')} {item.byName} {words('unit.separator')} {words('id.iin')}{' '}
          <IdentityNumber value={item.byIin} /> {words('unit.separator')} <Hash value={item.hash} />
        </p>
        <Button tone="quiet" icon={<IconSignature size={16} aria-hidden />} onClick={onSignature}>
          {words('signature.open')}
        </Button>
      </div>
      {item.attestation === null ? null : (
        <p className="quiet small">{`${words('entry.level')}: ${attestationWords(words, item.attestation)}`}</p>
      )}
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

/** All acts on the case, newest first, each with how far it has come and, on demand, the report about its signature. */
export function HistoryTab(props: { readonly caseId: string; readonly history: readonly HistoryItem[] }): ReactNode {
  const words = useWords();
  const [shown, setShown] = useState<{ readonly actionId: string; readonly act: string } | null>(null);
  if (props.history.length === 0) return <p className="tab-body quiet">{words('history.empty')}</p>;
  return (
    <>
      <ol className="tab-body history">
        {props.history
          .toSorted((a, b) => b.atMs - a.atMs)
          .map((item) => (
            <Item
              key={item.actionId}
              item={item}
              onSignature={() => setShown({ actionId: item.actionId, act: words.act(item.type) })}
            />
          ))}
      </ol>
      <SignatureSheet caseId={props.caseId} shown={shown} onClose={() => setShown(null)} />
    </>
  );
}
