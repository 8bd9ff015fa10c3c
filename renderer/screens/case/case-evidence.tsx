import type { ReactNode } from 'react';
import type { EvidenceItem } from '../../../contracts/ipc/index.ts';
import { useAnswer } from '../../bridge/index.ts';
import { Part, State, Time } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { evidenceStateWords, evidenceTones } from '../evidence/evidence-words.ts';

/** More pieces than one act can name are read on the page of evidence. */
const shownMax = 64;

function Piece({ item }: { readonly item: EvidenceItem }): ReactNode {
  const words = useWords();
  const go = useGo();
  return (
    <li className="case-evidence">
      <button type="button" className="text-button" onClick={() => go({ page: 'evidence', sequence: item.sequence })}>
        <span className="cut">{item.reason}</span>
      </button>
      <span className="quiet small">
        <Time atMs={item.capturedAtMs} />
      </span>
      <State tone={evidenceTones[item.state]}>{evidenceStateWords(words, item)}</State>
    </li>
  );
}

/** What was recorded here on this case, and which of it has not arrived in the central log; nothing where there is none. */
export function CaseEvidence({ caseId }: { readonly caseId: string }): ReactNode {
  const words = useWords();
  const answer = useAnswer('evidence.list', { before: null, limit: shownMax, caseId });
  if (answer.state !== 'here' || answer.value.items.length === 0) return null;
  return (
    <div className="tab-body parts">
      <Part title={words('evidence.ofCase')}>
        <ul className="plain-list">
          {answer.value.items.map((item) => (
            <Piece key={item.sha256} item={item} />
          ))}
        </ul>
      </Part>
    </div>
  );
}
