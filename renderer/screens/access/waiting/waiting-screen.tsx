import type { ReactNode } from 'react';
import type { ChangeSummary } from '../../../../contracts/ipc/index.ts';
import { useChanges, useNow, type OffsetRows } from '../../../bridge/index.ts';
import { Empty, formatTime, IconSignature, RefusalBox, Shape, Skeleton } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { useMemory } from '../../memory.tsx';
import { RowsTable } from '../../rows-table.tsx';
import { ageWords } from '../../status-words.ts';
import { changeTones, changeWords, subjectWords } from '../access-words.ts';
import { NameCell } from '../name-cell.tsx';
import { AlarmList } from './alarm-list.tsx';
import { ChangePanel } from './change-panel.tsx';

const views = ['for-me', 'mine', 'all'] as const;

function Views({ changes }: { readonly changes: OffsetRows<ChangeSummary> }): ReactNode {
  const words = useWords();
  const { changesView, setChangesView } = useMemory();
  return (
    <div className="filters">
      <div className="views" role="group" aria-label={words('waiting.views')}>
        {views.map((view) => (
          <button
            key={view}
            type="button"
            className="view"
            aria-pressed={view === changesView}
            onClick={() => setChangesView(view)}
          >
            <span>{words(`waiting.view.${view}`)}</span>
            <span className="view-count num">{changes.counts[view] ?? ''}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function Cells({ change }: { readonly change: ChangeSummary }): ReactNode {
  const words = useWords();
  const nowMs = useNow();
  return (
    <>
      <span role="cell">
        <Shape tone={changeTones[change.state]} name={words(`change.state.${change.state}`)} />
      </span>
      <span role="cell" className="people-name">
        <NameCell name={subjectWords(words, change)} room={19} />
      </span>
      <span role="cell" className="cut quiet small" title={changeWords(words, change)}>
        {changeWords(words, change)}
      </span>
      <span role="cell" className="row-age num quiet small" title={formatTime(change.proposedAtMs)}>
        {ageWords(words, nowMs - change.proposedAtMs)}
      </span>
    </>
  );
}

const columns = ['state', 'subject', 'what', 'age'] as const;

function Rows({ changes, id }: { readonly changes: OffsetRows<ChangeSummary>; readonly id: string | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  const { changesView } = useMemory();
  if (changes.isWaiting) return <Skeleton name={words('loading')} lines={10} />;
  if (changes.refusal !== null) return <RefusalBox refusal={changes.refusal} onAgain={changes.again} />;
  if (changes.items.length === 0)
    return (
      <Empty
        icon={<IconSignature size={28} aria-hidden />}
        title={words(`waiting.empty.${changesView}`)}
        text={words(`waiting.empty.${changesView}Text`)}
      />
    );
  return (
    <RowsTable
      label={words('waiting.table')}
      heads={columns.map((column) => words(`waiting.column.${column}`))}
      rows={changes}
      cells={(change) => <Cells change={change} />}
      keyOf={(change) => change.caseId}
      nameOf={(change) => `${subjectWords(words, change)}, ${changeWords(words, change)}`}
      chosen={id}
      onChoose={(caseId) => go({ page: 'access', part: 'waiting', id: caseId })}
      pageStep={15}
    />
  );
}

/** The change beside the list, or that one is to be chosen. */
function Beside({ id }: { readonly id: string | null }): ReactNode {
  const words = useWords();
  if (id !== null) return <ChangePanel key={id} caseId={id} />;
  return (
    <div className="queue-none">
      <Empty
        icon={<IconSignature size={28} aria-hidden />}
        title={words('waiting.choose')}
        text={words('waiting.chooseText')}
      />
    </div>
  );
}

/** Changes that wait for a second signature: what waits for this person, and what of his own waits for another. */
export function WaitingScreen({ id }: { readonly id: string | null }): ReactNode {
  const words = useWords();
  const { changesView } = useMemory();
  const changes = useChanges(changesView);
  return (
    <div className="queue waiting">
      <section className="queue-left" aria-label={words('access.part.waiting')}>
        <div>
          <h1 className="visually-hidden">{words('access.part.waiting')}</h1>
          <AlarmList />
          <Views changes={changes} />
        </div>
        <Rows changes={changes} id={id} />
      </section>
      {changes.refusal === null ? <Beside id={id} /> : null}
    </div>
  );
}
