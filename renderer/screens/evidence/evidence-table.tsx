import type { ReactNode } from 'react';
import type { EvidenceItem } from '../../../contracts/ipc/index.ts';
import type { EvidenceRows } from '../../bridge/index.ts';
import { formatCount, State, Time } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { RowsTable } from '../rows-table.tsx';
import { shortNumber } from '../status-words.ts';
import { evidenceStateWords, evidenceTones } from './evidence-words.ts';

function Cells({ item }: { readonly item: EvidenceItem }): ReactNode {
  const words = useWords();
  return (
    <>
      <span className="num quiet" role="cell">
        {formatCount(item.sequence)}
      </span>
      <span role="cell" className="cut">
        <Time atMs={item.capturedAtMs} />
      </span>
      <span role="cell" className="cut">
        {item.reason}
      </span>
      <span role="cell" className="num cut">
        {shortNumber(item.caseNumber ?? '', item.capturedAtMs)}
      </span>
      <span role="cell" className="cut">
        <State tone={evidenceTones[item.state]}>{evidenceStateWords(words, item)}</State>
      </span>
    </>
  );
}

const columns = ['sequence', 'time', 'reason', 'case', 'state'] as const;

/** The pieces of this workstation. */
export function EvidenceTable(props: { readonly rows: EvidenceRows; readonly sequence: number | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  return (
    <RowsTable
      label={words('evidence.table')}
      heads={columns.map((column) => words(`evidence.column.${column}`))}
      rows={props.rows}
      cells={(item) => <Cells item={item} />}
      keyOf={(item) => item.sequence}
      chosen={props.sequence}
      onChoose={(sequence) => go({ page: 'evidence', sequence })}
    />
  );
}
