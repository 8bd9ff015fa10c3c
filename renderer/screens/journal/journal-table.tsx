import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { JournalItem } from '../../../contracts/ipc/index.ts';
import { entryKinds } from '../../../core/journal/index.ts';
import type { JournalRows } from '../../bridge/index.ts';
import { formatCount, State, Time, useKeys } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords, type Words } from '../../words/index.ts';
import { actStateWords, actTones, shortNumber } from '../status-words.ts';

const rowHeight = 32;

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

function Heads(): ReactNode {
  const words = useWords();
  return (
    <div role="rowgroup">
      <div role="row" className="journal-row journal-heads">
        {columns.map((column) => (
          <span key={column} role="columnheader">
            {words(`journal.column.${column}`)}
          </span>
        ))}
      </div>
    </div>
  );
}

function useRows(journal: JournalRows, sequence: number | null) {
  const go = useGo();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: journal.items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    onChange: ({ range }) => {
      if (range !== null && range.endIndex >= journal.items.length - 20) journal.more();
    },
  });
  const move = (step: number): void => {
    const at = journal.items.findIndex((item) => item.sequence === sequence);
    const index = Math.min(journal.items.length - 1, Math.max(0, at + step));
    const item = journal.items[index];
    if (item === undefined) return;
    virtual.scrollToIndex(index);
    go({ page: 'journal', sequence: item.sequence });
  };
  return { scroller, virtual, move };
}

/** The entries as a virtual table; rows are chosen by a click or by j, k and the arrows. */
export function JournalTable({
  journal,
  sequence,
}: {
  readonly journal: JournalRows;
  readonly sequence: number | null;
}): ReactNode {
  const words = useWords();
  const go = useGo();
  const { scroller, virtual, move } = useRows(journal, sequence);
  useKeys({ KeyJ: () => move(1), KeyK: () => move(-1) });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    move(step);
  };
  return (
    <div role="table" aria-label={words('journal.table')} aria-rowcount={journal.total + 1} className="journal-table">
      <Heads />
      <div
        ref={scroller}
        role="rowgroup"
        className="journal-scroll"
        tabIndex={0}
        aria-label={words('journal.table')}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className="journal-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, size }) => {
            const item = journal.items[index];
            if (item === undefined) return null;
            return (
              // The table itself takes the keys; a click is the same choice by hand.
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div
                key={item.sequence}
                role="row"
                aria-rowindex={index + 2}
                aria-current={item.sequence === sequence}
                className="journal-row"
                style={{ transform: `translateY(${start}px)`, height: size }}
                onClick={() => go({ page: 'journal', sequence: item.sequence })}
              >
                <Cells item={item} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
