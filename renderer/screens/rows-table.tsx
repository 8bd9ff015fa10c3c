import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { formatCount, useKeys } from '../kit/index.ts';
import { useWords } from '../words/index.ts';

const rowHeight = 32;

/** Rows that come page by page, newest first; without a total where nobody knows how many there will be. */
type Rows<T> = { readonly items: readonly T[]; readonly total?: number; readonly more: () => void };

type TableProps<T, Key extends string | number> = {
  readonly label: string;
  readonly heads: readonly string[];
  readonly rows: Rows<T>;
  readonly cells: (item: T) => ReactNode;
  /** What a row is chosen by. */
  readonly keyOf: (item: T) => Key;
  readonly chosen: Key | null;
  readonly onChoose: (key: Key) => void;
  /** What a row is called by a screen reader when keys choose it; without it only the page beside it speaks. */
  readonly nameOf?: (item: T) => string;
  /** How far PageUp and PageDown move the choice; without it they scroll. */
  readonly pageStep?: number;
};

function useRows<T, Key extends string | number>(props: TableProps<T, Key>) {
  const { rows, keyOf, chosen, onChoose, pageStep = 0 } = props;
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const virtual = useVirtualizer({
    count: rows.items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    onChange: ({ range }) => {
      if (range !== null && range.endIndex >= rows.items.length - 20) rows.more();
    },
  });
  const at = rows.items.findIndex((item) => keyOf(item) === chosen);
  const isSeen = useRef(false);
  useEffect(() => {
    // Whoever comes from elsewhere sees where he is.
    if (at < 0 || isSeen.current) return;
    isSeen.current = true;
    virtual.scrollToIndex(at);
  }, [at, virtual]);
  const move = (step: number): void => {
    const index = Math.min(rows.items.length - 1, Math.max(0, at + step));
    const item = rows.items[index];
    if (item === undefined) return;
    virtual.scrollToIndex(index);
    onChoose(keyOf(item));
    if (props.nameOf !== undefined)
      setSaid(words('rows.chosen', { name: props.nameOf(item), at: formatCount(index + 1) }));
  };
  useKeys({ KeyJ: () => move(1), KeyK: () => move(-1) });
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: 1, ArrowUp: -1 },
      ...{ PageDown: pageStep, PageUp: -pageStep },
    };
    const step = steps[event.key] ?? 0;
    if (step === 0) return;
    event.preventDefault();
    move(step);
  };
  return { scroller, virtual, onKeyDown, said };
}

/** Entries as a virtual table; rows are chosen by a click or by j, k and the arrows. */
export function RowsTable<T, Key extends string | number>(props: TableProps<T, Key>): ReactNode {
  const { label, heads, rows, cells, keyOf, chosen, onChoose } = props;
  const { scroller, virtual, onKeyDown, said } = useRows(props);
  return (
    <>
      <div
        role="table"
        aria-label={label}
        aria-rowcount={rows.total === undefined ? -1 : rows.total + 1}
        className="journal-table"
      >
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
                  key={keyOf(item)}
                  role="row"
                  aria-rowindex={index + 2}
                  aria-current={keyOf(item) === chosen}
                  className="journal-row"
                  style={{ transform: `translateY(${start}px)`, height: size }}
                  onClick={() => onChoose(keyOf(item))}
                >
                  {cells(item)}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </>
  );
}
