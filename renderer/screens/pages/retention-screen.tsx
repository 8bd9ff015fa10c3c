import type { ReactNode } from 'react';
import type { RetentionView } from '../../../contracts/ipc/index.ts';
import { useAnswer } from '../../bridge/index.ts';
import {
  Button,
  Empty,
  Fact,
  Facts,
  formatCount,
  formatDate,
  IconArchive,
  IconRefresh,
  RefusalBox,
  sizeParts,
  Skeleton,
  State,
  Time,
} from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

type ClassRow = RetentionView['classes'][number];
type Amount = ClassRow['online'];

function Kept({ amount }: { readonly amount: Amount }): ReactNode {
  const words = useWords();
  const parts = sizeParts(amount.sizeBytes);
  const isLarge = parts.unit === 'mb' && parts.value >= 1_024;
  const { unit, value } = isLarge ? { unit: 'gb' as const, value: Math.round(parts.value / 102.4) / 10 } : parts;
  if (amount.count === 0) return <span className="quiet num">0</span>;
  return (
    <span className="num">
      {formatCount(amount.count)} <span className="quiet small">{words(`retention.size.${unit}`, { value })}</span>
    </span>
  );
}

/** What comes next for a class, and what waits for somebody. */
function Next({ row }: { readonly row: ClassRow }): ReactNode {
  const words = useWords();
  if (row.dueForDestruction.count > 0)
    return (
      <State tone="alarm">
        {words('retention.dueDestruction', { count: formatCount(row.dueForDestruction.count) })}
      </State>
    );
  if (row.dueForArchive.count > 0)
    return (
      <State tone="waiting">{words('retention.dueArchive', { count: formatCount(row.dueForArchive.count) })}</State>
    );
  if (row.nextArchiveMs !== null)
    return <span className="num">{words('retention.nextArchive', { date: formatDate(row.nextArchiveMs) })}</span>;
  if (row.nextDestructionMs !== null)
    return (
      <span className="num">{words('retention.nextDestruction', { date: formatDate(row.nextDestructionMs) })}</span>
    );
  return <span className="quiet">{words('retention.nothing')}</span>;
}

function Classes({ classes }: Pick<RetentionView, 'classes'>): ReactNode {
  const words = useWords();
  return (
    <table className="retention-table">
      <thead>
        <tr>
          {(['class', 'term', 'online', 'archived', 'destroyed', 'held', 'next'] as const).map((name) => (
            <th key={name} scope="col">
              {words(`retention.column.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {classes.map((row) => (
          <tr key={row.class}>
            <th scope="row">{words(`retention.class.${row.class}`)}</th>
            <td className="num">
              {words('retention.term', { online: row.term.onlineMonths, archive: row.term.archiveMonths })}
            </td>
            <td>
              <Kept amount={row.online} />
            </td>
            <td>
              <Kept amount={row.archived} />
            </td>
            <td>
              <Kept amount={row.destroyed} />
            </td>
            <td>
              {row.held.count > 0 ? (
                <State tone="active">{formatCount(row.held.count)}</State>
              ) : (
                <span className="quiet num">0</span>
              )}
            </td>
            <td>
              <Next row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Archive({ view }: { readonly view: RetentionView }): ReactNode {
  const words = useWords();
  const { lastSegment: last, segments, segmentsBad } = view;
  return (
    <section className="box">
      <h2>{words('retention.archive')}</h2>
      {last === null ? <p className="quiet">{words('retention.noSegments')}</p> : null}
      {segmentsBad > 0 ? (
        <State tone="bad">{words('retention.segmentsBad', { count: formatCount(segmentsBad) })}</State>
      ) : null}
      {last === null ? null : (
        <Facts isWide>
          <Fact name={words('retention.segments')}>
            <Kept amount={segments} />
          </Fact>
          <Fact name={words('retention.lastSegment')}>
            <span className="mono">{last.name}</span>
          </Fact>
          <Fact name={words('retention.pieces')}>
            <span className="num">{formatCount(last.blobs)}</span>
          </Fact>
          <Fact name={words('retention.stampedAt')}>
            <Time atMs={last.stampedAtMs} />
          </Fact>
          <Fact name={words('retention.checkedAt')}>
            <Time atMs={last.checkedAtMs} />
          </Fact>
          <Fact name={words('retention.outcome')}>
            {last.outcome === 'good' ? (
              <State tone="good">{words('retention.good')}</State>
            ) : (
              <State tone="bad">{words.refusal({ code: last.outcome }).what}</State>
            )}
          </Fact>
        </Facts>
      )}
    </section>
  );
}

function Holds({ holds }: Pick<RetentionView, 'holds'>): ReactNode {
  const words = useWords();
  return (
    <section className="box">
      <h2>{words('retention.holds')}</h2>
      {holds.length === 0 ? <p className="quiet">{words('retention.noHolds')}</p> : null}
      <ul className="hold-list">
        {holds.map((hold) => (
          <li key={hold.id}>
            <strong className="mono">{hold.id}</strong>
            <span>{hold.basis}</span>
            <span className="quiet small num">
              {hold.case === null ? words('retention.holdPieces', { count: hold.pieces }) : words('retention.holdCase')}{' '}
              {words('unit.separator')} {words('retention.since', { date: formatDate(hold.fromMs) })}{' '}
              {hold.untilMs === null ? null : words('retention.until', { date: formatDate(hold.untilMs) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Schedule({ view }: { readonly view: RetentionView }): ReactNode {
  const words = useWords();
  const { schedule, minimum } = view;
  return (
    <section className="box">
      <h2>{words('retention.schedule')}</h2>
      <Facts isWide>
        <Fact name={words('retention.version')}>
          <span className="num">{schedule.version === 0 ? words('retention.versionNone') : schedule.version}</span>
        </Fact>
        <Fact name={words('retention.basis')}>
          {schedule.version === 0 ? words('retention.rules') : schedule.basis}
        </Fact>
        <Fact name={words('retention.minimum')}>
          <span className="num">
            {words('retention.term', { online: minimum.onlineMonths, archive: minimum.archiveMonths })}
          </span>
        </Fact>
        <Fact name={words('retention.asOf')}>
          <Time atMs={view.atMs} />
        </Fact>
      </Facts>
    </section>
  );
}

function Overview({ view }: { readonly view: RetentionView }): ReactNode {
  const words = useWords();
  const isEmpty = view.classes.every((row) => row.online.count + row.archived.count + row.destroyed.count === 0);
  return (
    <>
      {isEmpty ? (
        <Empty
          icon={<IconArchive size={32} aria-hidden />}
          title={words('retention.empty')}
          text={words('retention.emptyNext')}
        />
      ) : (
        <Classes classes={view.classes} />
      )}
      <div className="retention-boxes">
        <Archive view={view} />
        <Holds holds={view.holds} />
        <Schedule view={view} />
      </div>
    </>
  );
}

/** What is kept how long, what moves next, and whether the archive was found whole. */
export function RetentionScreen(): ReactNode {
  const words = useWords();
  const answer = useAnswer('retention.get', null, { keep: true });
  return (
    <div className="sheet-page">
      <div className="retention-head">
        <h1>{words('retention.title')}</h1>
        {answer.state === 'here' ? (
          <Button icon={<IconRefresh size={16} aria-hidden />} onClick={answer.again}>
            {words('retention.again')}
          </Button>
        ) : null}
      </div>
      {answer.state === 'waiting' ? <Skeleton name={words('retention.title')} lines={8} /> : null}
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} /> : null}
      {answer.state === 'here' ? <Overview view={answer.value} /> : null}
    </div>
  );
}
