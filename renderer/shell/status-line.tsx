import type { ReactNode } from 'react';
import type { StatusView } from '../../contracts/ipc/index.ts';
import { formatCount, formatDate, Shape, type Tone } from '../kit/index.ts';
import { useGo, type Place } from '../places/index.ts';
import { useWords } from '../words/index.ts';

const cardTones: Readonly<Record<StatusView['card']['state'], Tone>> = {
  present: 'good',
  absent: 'quiet',
  locked: 'bad',
  'module-failed': 'bad',
};
const serverTones: Readonly<Record<StatusView['server']['state'], Tone>> = {
  connected: 'good',
  connecting: 'waiting',
  offline: 'alarm',
  refused: 'bad',
  closed: 'quiet',
};

function Part(props: {
  readonly tone: Tone;
  readonly to: Place;
  /** What to do now, where the line has no room for it. */
  readonly next?: string;
  readonly children: ReactNode;
}): ReactNode {
  const go = useGo();
  return (
    <button type="button" className="status-part num" title={props.next} onClick={() => go(props.to)}>
      <Shape tone={props.tone} size={14} />
      <span className="cut">{props.children}</span>
    </button>
  );
}

function Clock({ clock }: { readonly clock: StatusView['clock'] }): ReactNode {
  const words = useWords();
  if (clock.state !== 'warn' && clock.state !== 'refused') return null;
  const seconds = clock.driftMs === null ? '?' : formatCount(Math.round(Math.abs(clock.driftMs) / 1_000));
  return (
    <Part tone={clock.state === 'warn' ? 'alarm' : 'bad'} to={{ page: 'connection' }}>
      {clock.state === 'warn' ? words('status.clock.warn', { seconds }) : words('status.clock.refused')}
    </Part>
  );
}

/** Evidence on its way; says nothing while there is none. */
function Uploads({ evidence }: { readonly evidence: StatusView['evidence'] }): ReactNode {
  const words = useWords();
  const { waiting, paused, refused, percent } = evidence;
  if (waiting === 0) return null;
  const parts = [
    words('status.evidence', { count: formatCount(waiting) }),
    ...(percent === null ? [] : [words('status.evidence.sending', { percent: formatCount(percent) })]),
    ...(paused > 0 ? [words('status.evidence.paused', { count: formatCount(paused) })] : []),
    ...(refused > 0 ? [words('status.evidence.refused', { count: formatCount(refused) })] : []),
  ];
  return (
    <Part tone={refused > 0 ? 'bad' : 'waiting'} to={{ page: 'evidence', sequence: null }}>
      {parts.join(', ')}
    </Part>
  );
}

/** The emergency account was opened, and its alarm stands; says nothing otherwise. */
function Emergencies({ count }: { readonly count: number }): ReactNode {
  const words = useWords();
  if (count === 0) return null;
  return (
    <Part tone="bad" to={{ page: 'access', part: 'waiting', id: null }}>
      {words('status.emergencies', { count: formatCount(count) })}
    </Part>
  );
}

/** What ends soon, and the page on which somebody does something about it. */
function Terms({ terms: { endsAtMs, review } }: { readonly terms: StatusView['terms'] }): ReactNode {
  const words = useWords();
  const about = { count: review?.count ?? 0, date: formatDate(review?.dueAtMs ?? 0) };
  return (
    <>
      {endsAtMs === null ? null : (
        <Part
          tone="alarm"
          to={{ page: 'account', part: 'record' }}
          next={words('status.ends.next', { date: formatDate(endsAtMs) })}
        >
          {words('status.ends', { date: formatDate(endsAtMs) })}
        </Part>
      )}
      {review === null ? null : (
        <Part
          tone={review.state === 'overdue' ? 'bad' : 'waiting'}
          to={{ page: 'access', part: 'propose-review', id: null }}
          next={words(`status.review.${review.state}.next`, about)}
        >
          {words(`status.review.${review.state}`, about)}
        </Part>
      )}
    </>
  );
}

/** The product's conscience: card, connection, queue, last proven entry. It never disappears, and each part opens its page. */
export function StatusLine({ status, isDemo }: { readonly status: StatusView; readonly isDemo: boolean }): ReactNode {
  const words = useWords();
  const { card, server, outbox, log } = status;
  const parts = [
    words(`status.server.${server.state}`),
    words('status.waiting', { count: formatCount(outbox.waiting) }),
    ...(outbox.overdue > 0 ? [words('status.overdue', { count: formatCount(outbox.overdue) })] : []),
  ];
  return (
    <footer className="status-line" aria-label={words('status.line')}>
      <Part tone={cardTones[card.state]} to={{ page: 'connection' }}>
        {words(`status.card.${card.state}`, { label: card.label ?? '' })}
      </Part>
      <Part tone={outbox.overdue > 0 ? 'alarm' : serverTones[server.state]} to={{ page: 'connection' }}>
        {parts.join(', ')}
      </Part>
      <Part tone={log.lastIndex === null ? 'quiet' : 'good'} to={{ page: 'journal', sequence: null }}>
        {log.lastIndex === null
          ? words('status.none')
          : words('status.last', { number: formatCount(log.lastIndex + 1) })}
      </Part>
      <Emergencies count={status.emergencies} />
      <Uploads evidence={status.evidence} />
      <Clock clock={status.clock} />
      <Terms terms={status.terms} />
      {isDemo ? <span className="status-demo cut">{words('frame.demoLong')}</span> : null}
    </footer>
  );
}
