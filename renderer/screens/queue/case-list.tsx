import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import type { CaseSummary } from '../../../contracts/ipc/index.ts';
import { useCases, useNow, type CaseList as Cases } from '../../bridge/index.ts';
import { Empty, IconInbox, RefusalBox, Skeleton } from '../../kit/index.ts';
import { useGo } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { useMemory } from '../memory.tsx';
import { CaseRow } from './case-row.tsx';

export type ListHandle = { readonly move: (step: number) => void; readonly focus: () => void };

const rowHeights = { compact: 32, comfortable: 40 } as const;

/** The rows in sight, and moving among all of them by keys; the chosen case stays chosen when the list changes under it. */
function useList(caseId: string | null, density: keyof typeof rowHeights) {
  const { filter } = useMemory();
  const go = useGo();
  const scroller = useRef<HTMLDivElement>(null);
  const [visible, setVisible] = useState({ first: 0, last: 40 });
  const cases = useCases(filter, visible);
  const lastIndex = useRef(-1);
  const virtual = useVirtualizer({
    count: cases.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeights[density],
    overscan: 10,
    onChange: ({ range }) => {
      if (range === null) return;
      setVisible((before) =>
        before.first === range.startIndex && before.last === range.endIndex
          ? before
          : { first: range.startIndex, last: range.endIndex },
      );
    },
  });
  useEffect(() => virtual.measure(), [virtual, density]);
  const chosen = caseId === null ? undefined : cases.indexOf(caseId);
  useEffect(() => {
    if (chosen === undefined) return;
    // A case that was opened from elsewhere is brought into sight once; later the list stays where the person left it.
    if (lastIndex.current < 0) virtual.scrollToIndex(chosen);
    lastIndex.current = chosen;
  }, [chosen, virtual]);
  const move = (step: number): void => {
    const from = chosen ?? (step > 0 ? lastIndex.current - (lastIndex.current < 0 ? 0 : 1) : lastIndex.current);
    const index = Math.min(cases.total - 1, Math.max(0, from + step));
    const item = cases.row(index);
    if (item === undefined) return;
    virtual.scrollToIndex(index);
    go({ page: 'queue', caseId: item.id });
  };
  return { scroller, cases, virtual, chosen, move };
}

function Nothing({ cases }: { readonly cases: Cases }): ReactNode {
  const words = useWords();
  const { filter } = useMemory();
  if (cases.isWaiting) return <Skeleton name={words('loading')} lines={12} />;
  if (cases.refusal !== null) return <RefusalBox refusal={cases.refusal} onAgain={cases.again} />;
  if (cases.total > 0) return null;
  const isPlain = filter.view === 'needs-me' && filter.query === '' && filter.statuses.length === 0;
  const kind = isPlain ? 'needs-me' : 'other';
  return (
    <Empty
      icon={<IconInbox size={28} aria-hidden />}
      title={words(`queue.empty.${kind}`)}
      text={words(`queue.empty.${kind}Text`)}
    />
  );
}

function Row(props: {
  readonly index: number;
  readonly total: number;
  readonly item: CaseSummary | undefined;
  readonly isChosen: boolean;
  readonly place: { readonly transform: string; readonly height: number };
}): ReactNode {
  const nowMs = useNow();
  const go = useGo();
  const { index, item, place } = props;
  if (item === undefined) return <div role="presentation" className="case-row case-row-wait" style={place} />;
  return (
    // The listbox itself takes the keys; a click is the same choice by hand.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={`case-${index}`}
      role="option"
      aria-selected={props.isChosen}
      aria-setsize={props.total}
      aria-posinset={index + 1}
      className="case-row"
      style={place}
      onClick={() => go({ page: 'queue', caseId: item.id })}
    >
      <CaseRow item={item} nowMs={nowMs} />
    </div>
  );
}

/** Keys of a listbox: arrows, pages, both ends, and Enter to go into the case. */
function useListKeys(move: (step: number) => void, total: number, onOpen: () => void): (event: KeyboardEvent) => void {
  const steps: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(15),
    PageUp: () => move(-15),
    Home: () => move(-total),
    End: () => move(total),
    Enter: onOpen,
  };
  return (event) => {
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    step();
  };
}

/** The virtual list of cases: a listbox, so that a screen reader says the place of each row among all. */
export function CaseList(props: {
  readonly caseId: string | null;
  readonly density: keyof typeof rowHeights;
  readonly onOpen: () => void;
  readonly ref: Ref<ListHandle>;
}): ReactNode {
  const words = useWords();
  const { scroller, cases, virtual, chosen, move } = useList(props.caseId, props.density);
  useImperativeHandle(props.ref, () => ({ move, focus: () => scroller.current?.focus() }));
  const onKeyDown = useListKeys(move, cases.total, props.onOpen);
  const items = virtual.getVirtualItems();
  return (
    <div className="case-list">
      <Nothing cases={cases} />
      <div
        ref={scroller}
        className="case-scroll"
        role="listbox"
        tabIndex={0}
        hidden={cases.total === 0}
        aria-label={words('queue.list')}
        aria-activedescendant={items.some(({ index }) => index === chosen) ? `case-${chosen}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div className="case-rows" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, size }) => (
            <Row
              key={index}
              index={index}
              total={cases.total}
              item={cases.row(index)}
              isChosen={index === chosen}
              place={{ transform: `translateY(${start}px)`, height: size }}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
