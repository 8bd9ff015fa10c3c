import type { ReactNode } from 'react';
import type { LogItem } from '../../../contracts/ipc/index.ts';
import type { LogRows } from '../../bridge/index.ts';
import { formatCount, State, Time } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { RowsTable } from '../rows-table.tsx';
import { deviceWords, logItemWords, outcomeTones } from './log-words.ts';

const columns = ['number', 'time', 'what', 'device', 'outcome'] as const;

function Cells({ item }: { readonly item: LogItem }): ReactNode {
  const words = useWords();
  return (
    <>
      <span className="num quiet" role="cell">
        {formatCount(item.index + 1)}
      </span>
      <span role="cell" className="cut">
        <Time atMs={item.receivedAtMs} />
      </span>
      <span role="cell" className="cut">
        {logItemWords(words, item)}
      </span>
      <span role="cell" className={item.isThisDevice || item.device === null ? 'cut' : 'cut mono'}>
        {deviceWords(words, item)}
      </span>
      <span role="cell" className="cut">
        <State tone={outcomeTones[item.outcome.state]}>{words(`log.outcome.${item.outcome.state}`)}</State>
      </span>
    </>
  );
}

/** The entries as read so far: how many a search will find nobody knows. */
export function LogTable({ rows, index }: { readonly rows: LogRows; readonly index: number | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  return (
    <RowsTable
      label={words('log.table')}
      heads={columns.map((column) => words(`log.column.${column}`))}
      rows={{ items: rows.items, more: rows.more }}
      cells={(item) => <Cells item={item} />}
      keyOf={(item) => item.index}
      chosen={index}
      onChoose={(chosen) => go({ page: 'log', index: chosen })}
      pageStep={15}
    />
  );
}
