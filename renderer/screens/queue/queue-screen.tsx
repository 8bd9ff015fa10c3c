import { useRef, useState, type ReactNode } from 'react';
import { Empty, IconInbox, useKeys } from '../../kit/index.ts';
import { usePlace } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { CasePanel, type CaseTab } from '../case/case-panel.tsx';
import { CaseList, type ListHandle } from './case-list.tsx';
import { Filters } from './filters.tsx';

const tabs = ['documents', 'checks', 'history'] as const;

/** The reviewer's day: the list on the left, the case in the middle, the decision on the right. */
export function QueueScreen({ density }: { readonly density: 'compact' | 'comfortable' }): ReactNode {
  const words = useWords();
  const place = usePlace();
  const caseId = place.page === 'queue' ? place.caseId : null;
  const list = useRef<ListHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [tab, setTab] = useState<CaseTab>('checks');
  useKeys({
    KeyJ: () => list.current?.move(1),
    KeyK: () => list.current?.move(-1),
    Slash: () => search.current?.focus(),
    'ctrl+KeyF': () => search.current?.focus(),
    Digit1: () => setTab(tabs[0]),
    Digit2: () => setTab(tabs[1]),
    Digit3: () => setTab(tabs[2]),
    Escape: () => list.current?.focus(),
  });
  return (
    <div className="queue">
      <section className="queue-left" aria-label={words('nav.queue')}>
        <h1 className="visually-hidden">{words('nav.queue')}</h1>
        <Filters searchRef={search} />
        <CaseList ref={list} caseId={caseId} density={density} onOpen={() => panel.current?.focus()} />
      </section>
      {caseId === null ? (
        <div className="queue-none">
          <Empty
            icon={<IconInbox size={28} aria-hidden />}
            title={words('queue.choose')}
            text={words('queue.chooseText')}
          />
        </div>
      ) : (
        <CasePanel
          key={caseId}
          caseId={caseId}
          tab={tab}
          onTab={setTab}
          onNext={() => list.current?.move(1)}
          panelRef={panel}
        />
      )}
    </div>
  );
}
