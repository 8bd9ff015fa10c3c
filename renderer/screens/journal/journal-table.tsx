import type { ReactNode } from 'react';
import type { JournalItem } from '../../../contracts/ipc/index.ts';
import { entryKinds } from '../../../core/journal/index.ts';
import type { JournalRows } from '../../bridge/index.ts';
import { formatCount, State, Time } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords, type Words } from '../../words/index.ts';
import { RowsTable } from '../rows-table.tsx';
import { actStateWords, actTones, shortNumber } from '../status-words.ts';

/** What an entry is, in words: the act, or which of the services wrote it. */
export function entryWords(words: Words, item: JournalItem): string {
  if (item.act !== null) return words.act(item.act.type);
  const known = entryKinds.find((kind) => kind === item.kind);
  return known === undefined ? words('journal.kind.other', { kind: item.kind }) : words(`journal.kind.${known}`);
}

function Cells({ item }: { readonly item: JournalItem }): ReactNode {
  const words = useWords();
  return (
    <>
      <span className="num quiet" role="cell">
        {formatCount(item.sequence)}
      </span>
      <span role="cell" className="cut">
        <Time atMs={item.atMs} />
      </span>
      <span role="cell" className="cut">
        {entryWords(words, item)}
      </span>
      <span role="cell" className="num cut">
        {shortNumber(item.act?.caseNumber ?? '', item.atMs)}
      </span>
      <span role="cell" className="cut">
        {item.act === null ? null : (
          <State tone={actTones[item.act.state]}>{actStateWords(words, item.act.state, item.act.logIndex)}</State>
        )}
      </span>
    </>
  );
}

const columns = ['sequence', 'time', 'act', 'case', 'state'] as const;

/** The entries of the journal. */
export function JournalTable({
  journal,
  sequence,
}: {
  readonly journal: JournalRows;
  readonly sequence: number | null;
}): ReactNode {
  const words = useWords();
  const go = useGo();
  return (
    <RowsTable
      label={words('journal.table')}
      heads={columns.map((column) => words(`journal.column.${column}`))}
      rows={journal}
      cells={(item) => <Cells item={item} />}
      keyOf={(item) => item.sequence}
      chosen={sequence}
      onChoose={(chosen) => go({ page: 'journal', sequence: chosen })}
    />
  );
}
