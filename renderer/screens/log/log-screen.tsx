import { useMemo, useRef, type ReactNode } from 'react';
import type { LogFilter } from '../../../contracts/ipc/index.ts';
import { useAnswer, useClock, useLog, type LogRows } from '../../bridge/index.ts';
import {
  Button,
  Empty,
  formatCount,
  IconCloudOff,
  IconLink,
  IconRefresh,
  IconSearch,
  Note,
  RefusalBox,
  Skeleton,
  State,
  Time,
  useKeys,
} from '../../kit/index.ts';
import { usePlace } from '../../places/index.ts';
import { useWords } from '../../words/index.ts';
import { useMemory, type LogQuest } from '../memory.tsx';
import { daysOf } from './days.ts';
import { LogEntryPanel } from './log-entry.tsx';
import { LogFilters } from './log-filters.tsx';
import { LogTable } from './log-table.tsx';

const dayMs = 86_400_000;
/** More rows than any window shows at once. */
const scrolledRows = 100;
const periodDays = { today: 1, week: 7, month: 30, year: 365 } as const;

/** What is asked of main: a day that was typed is a time, and no text. */
function filterOf({ query, kinds, outcomes, period }: LogQuest, nowMs: number): LogFilter {
  const days = daysOf(query);
  const midnight = new Date(nowMs);
  midnight.setHours(0, 0, 0, 0);
  const fromMs = period === 'any' ? null : midnight.getTime() - (periodDays[period] - 1) * dayMs;
  return {
    query: days === undefined ? query.trim() : '',
    kinds: [...kinds],
    outcomes: [...outcomes],
    fromMs: days?.fromMs ?? fromMs,
    toMs: days?.toMs ?? null,
  };
}

/** By which head everything here was proven. */
function Head({ rows: { first } }: { readonly rows: LogRows }): ReactNode {
  const words = useWords();
  if (first === null) return null;
  return (
    <div className="log-head">
      <State tone={first.source === 'log' ? 'good' : 'waiting'}>
        {words(`log.head.${first.source}`, { size: formatCount(first.treeSize) })}
      </State>
      {first.checkedAtMs === null ? null : (
        <span className="quiet small">
          <Time atMs={first.checkedAtMs} />
        </span>
      )}
    </div>
  );
}

/** Entries under the newest head that was checked since the list was read. */
function Fresh({ rows }: { readonly rows: LogRows }): ReactNode {
  const words = useWords();
  const app = useAnswer('app.get', null);
  const known = app.state === 'here' ? (app.value.status.log.treeSize ?? 0) : 0;
  const fresh = known - (rows.first?.treeSize ?? known);
  if (fresh <= 0) return null;
  return (
    <button type="button" className="text-button log-fresh" onClick={rows.again}>
      <IconRefresh size={14} aria-hidden />
      {words('log.fresh', { count: formatCount(fresh) })}
    </button>
  );
}

function Offline({ rows }: { readonly rows: LogRows }): ReactNode {
  const words = useWords();
  const { first } = rows;
  if (first?.source !== 'journal') return null;
  return (
    <div className="log-offline">
      <Note>{words('log.offline')}</Note>
      <Button icon={<IconRefresh size={16} aria-hidden />} isBusy={rows.isFetching} onClick={rows.again}>
        {words('action.again')}
      </Button>
    </div>
  );
}

function Further({ rows }: { readonly rows: LogRows }): ReactNode {
  const words = useWords();
  // A list longer than the window asks for more by being scrolled.
  if (rows.next === null || rows.isWaiting || rows.items.length >= scrolledRows) return null;
  return (
    <div className="log-further">
      <span className="quiet small">{words('log.lookedTo', { number: formatCount(rows.next + 1) })}</span>
      <Button icon={<IconSearch size={16} aria-hidden />} isBusy={rows.isFetching} onClick={rows.more}>
        {words('log.further')}
      </Button>
    </div>
  );
}

function Rows({ rows, index }: { readonly rows: LogRows; readonly index: number | null }): ReactNode {
  const words = useWords();
  if (rows.isWaiting) return <Skeleton name={words('loading')} lines={10} />;
  if (rows.refusal !== null) return <RefusalBox refusal={rows.refusal} onAgain={rows.again} />;
  const isOffline = rows.first?.source === 'journal';
  if (rows.items.length > 0) return <LogTable rows={rows} index={index} />;
  const kind = isOffline ? 'offline' : rows.first?.treeSize === 0 ? 'none' : 'found';
  return (
    <Empty
      icon={isOffline ? <IconCloudOff size={28} aria-hidden /> : <IconLink size={28} aria-hidden />}
      title={words(`log.empty.${kind}`)}
      text={words(`log.empty.${kind}Text`)}
    />
  );
}

/** The central log as this workstation has proven it, newest first. */
export function LogScreen(): ReactNode {
  const words = useWords();
  const place = usePlace();
  const clock = useClock();
  const { logQuest } = useMemory();
  const searchRef = useRef<HTMLInputElement>(null);
  useKeys({ Slash: () => searchRef.current?.focus() });
  const filter = useMemo(() => filterOf(logQuest, clock()), [logQuest, clock]);
  const rows = useLog(filter);
  const index = place.page === 'log' ? place.index : null;
  return (
    <div className="journal log">
      <section className="journal-left" aria-label={words('log.title')}>
        <header className="journal-head">
          <h1>{words('log.title')}</h1>
          <Head rows={rows} />
        </header>
        <LogFilters searchRef={searchRef} end={<Fresh rows={rows} />} />
        <Offline rows={rows} />
        <Rows rows={rows} index={index} />
        <Further rows={rows} />
      </section>
      {index === null ? (
        <div className="journal-none">
          <Empty icon={<IconLink size={28} aria-hidden />} title={words('log.choose')} text={words('log.chooseText')} />
        </div>
      ) : (
        <LogEntryPanel key={index} index={index} />
      )}
    </div>
  );
}
