import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { LogItem } from '../../../contracts/ipc/index.ts';
import type { LogRows } from '../../bridge/index.ts';
import { formatCount, State, Time, useKeys } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { deviceWords, logItemWords, outcomeTones } from './log-words.ts';

const rowHeight = 32;
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

function useRows(rows: LogRows, index: number | null) {
  const go = useGo();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    onChange: ({ range }) => {
      if (range !== null && range.endIndex >= rows.items.length - 20) rows.more();
    },
  });
  const move = (step: number): void => {
    const at = rows.items.findIndex((item) => item.index === index);
    const to = Math.min(rows.items.length - 1, Math.max(0, at + step));
    const item = rows.items[to];
    if (item === undefined) return;
    virtual.scrollToIndex(to);
    go({ page: 'log', index: item.index });
  };
  return { scroller, virtual, move };
}

/** The entries as a virtual table; rows are chosen by a click or by j, k and the arrows. */
export function LogTable({ rows, index }: { readonly rows: LogRows; readonly index: number | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  const { scroller, virtual, move } = useRows(rows, index);
  useKeys({ KeyJ: () => move(1), KeyK: () => move(-1) });
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  };
  return (
    <div role="table" aria-label={words('log.table')} aria-rowcount={-1} className="journal-table">
      <div role="rowgroup">
        <div role="row" className="journal-row journal-heads">
          {columns.map((column) => (
            <span key={column} role="columnheader">
              {words(`log.column.${column}`)}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={scroller}
        role="rowgroup"
        className="journal-scroll"
        tabIndex={0}
        aria-label={words('log.table')}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className="journal-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index: at, start, size }) => {
            const item = rows.items[at];
            if (item === undefined) return null;
            return (
              // The table itself takes the keys; a click is the same choice by hand.
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div
                key={item.index}
                role="row"
                aria-rowindex={at + 2}
                aria-current={item.index === index}
                className="journal-row"
                style={{ transform: `translateY(${start}px)`, height: size }}
                onClick={() => go({ page: 'log', index: item.index })}
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
