import { useRef, useState, type ReactNode } from 'react';
import type { SessionView } from '../../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../../bridge/index.ts';
import {
  Button,
  Empty,
  formatTime,
  IconDeviceDesktop,
  IconLock,
  Note,
  Skeleton,
  State,
  TextField,
} from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { LiveRefusal } from '../live-refusal.tsx';

/** What the server takes at the most. */
const reasonLengthMax = 300;

function Session(props: {
  readonly session: SessionView;
  /** Of somebody else: it is ended for a reason. */
  readonly isOther: boolean;
  readonly onEnded: (name: string) => void;
}): ReactNode {
  const { session, isOther, onEnded } = props;
  const [reason, setReason] = useState('');
  const words = useWords();
  const end = useCommand('sessions.end');
  const { factors } = session;
  const finish = async (): Promise<void> => {
    const ended = await end.run({ id: session.id, reason });
    if (ended.ok) onEnded(session.deviceName);
  };
  return (
    <li className="session">
      <IconDeviceDesktop size={20} aria-hidden className="shape tone-quiet" />
      <div className="session-words">
        <p className="session-name">
          <span className="row-name">{session.deviceName}</span>
          {session.isThis ? <State tone="active">{words('session.this')}</State> : null}
        </p>
        <p className="quiet small num">
          {words('session.opened', { time: formatTime(session.startedAtMs) })} {words('unit.separator')}{' '}
          {words('session.seen', { time: formatTime(session.lastSeenMs) })}
        </p>
        <p className="quiet small num">{words('session.ends', { end: formatTime(session.expiresAtMs) })}</p>
        <p className="quiet small">
          {words('session.factors', {
            factors: factors.map(({ method }) => words.known(`factor.${method}`) ?? method).join(', '),
          })}
        </p>
        {isOther ? (
          <TextField label={words('session.reason')} value={reason} lengthMax={reasonLengthMax} onChange={setReason} />
        ) : null}
        {end.refusal === null ? null : <LiveRefusal refusal={end.refusal} />}
      </div>
      {session.isThis ? null : (
        <Button
          isBusy={end.isRunning}
          isDisabled={isOther && reason.trim() === ''}
          icon={<IconLock size={16} aria-hidden />}
          onClick={() => void finish()}
        >
          {words('session.end')}
        </Button>
      )}
    </li>
  );
}

type Listed = Extract<ReturnType<typeof useAnswer<'sessions.list'>>, { state: 'here' }>;

function List({ answer, isOther }: { readonly answer: Listed; readonly isOther: boolean }): ReactNode {
  const words = useWords();
  const [ended, setEnded] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const onEnded = (name: string): void => {
    setEnded(name);
    answer.again();
    // The button that had the focus goes with its session.
    list.current?.focus();
  };
  return (
    <>
      <Note>{words(isOther ? 'session.explainOther' : 'session.explain')}</Note>
      <div role="status">
        {ended === null ? null : <State tone="good">{words('session.ended', { name: ended })}</State>}
      </div>
      <ul ref={list} tabIndex={-1} className="plain-list sessions">
        {answer.value.sessions
          .toSorted((a, b) => Number(b.isThis) - Number(a.isThis) || b.lastSeenMs - a.lastSeenMs)
          .map((session) => (
            <Session key={session.id} session={session} isOther={isOther} onEnded={onEnded} />
          ))}
      </ul>
    </>
  );
}

/** Where a person is signed in, the one of this shift (`null`) or another; a session elsewhere is ended from here. */
export function Sessions({ of = null }: { readonly of?: string | null }): ReactNode {
  const words = useWords();
  const answer = useAnswer('sessions.list', { of }, { keep: true });
  if (answer.state === 'waiting') return <Skeleton name={words('loading')} lines={6} />;
  if (answer.state === 'refused') return <LiveRefusal refusal={answer.refusal} onAgain={answer.again} />;
  if (answer.value.sessions.length === 0)
    return (
      <Empty
        icon={<IconDeviceDesktop size={28} aria-hidden />}
        title={words('session.empty')}
        text={words(of === null ? 'session.emptyText' : 'session.emptyOther')}
      />
    );
  return <List answer={answer} isOther={of !== null} />;
}
