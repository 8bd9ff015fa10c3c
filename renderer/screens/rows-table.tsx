import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import { useKeys } from '../kit/index.ts';

const rowHeight = 32;

type Item = { readonly sequence: number };

/** Rows that come page by page, newest first. */
export type Rows<T extends Item> = { readonly items: readonly T[]; readonly total: number; readonly more: () => void };

type TableProps<T extends Item> = {
  readonly label: string;
  readonly heads: readonly string[];
  readonly rows: Rows<T>;
  readonly cells: (item: T) => ReactNode;
  /** Of the chosen row. */
  readonly sequence: number | null;
  readonly onChoose: (sequence: number) => void;
};

function useRows<T extends Item>({ rows, sequence, onChoose }: TableProps<T>) {
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
    const at = rows.items.findIndex((item) => item.sequence === sequence);
    const index = Math.min(rows.items.length - 1, Math.max(0, at + step));
    const item = rows.items[index];
    if (item === undefined) return;
    virtual.scrollToIndex(index);
    onChoose(item.sequence);
  };
  return { scroller, virtual, move };
}

/** Entries as a virtual table; rows are chosen by a click or by j, k and the arrows. */
export function RowsTable<T extends Item>(props: TableProps<T>): ReactNode {
  const { label, heads, rows, cells, sequence, onChoose } = props;
  const { scroller, virtual, move } = useRows(props);
  useKeys({ KeyJ: () => move(1), KeyK: () => move(-1) });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    move(step);
  };
  return (
    <div role="table" aria-label={label} aria-rowcount={rows.total + 1} className="journal-table">
      <div role="rowgroup">
        <div role="row" className="journal-row journal-heads">
          {heads.map((head) => (
            <span key={head} role="columnheader">
              {head}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={scroller}
        role="rowgroup"
        className="journal-scroll"
        tabIndex={0}
        aria-label={label}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className="journal-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, size }) => {
            const item = rows.items[index];
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
                onClick={() => onChoose(item.sequence)}
              >
                {cells(item)}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
