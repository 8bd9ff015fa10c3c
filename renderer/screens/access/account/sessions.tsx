import type { ReactNode } from 'react';
import type { SessionView } from '../../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../../bridge/index.ts';
import {
  Button,
  Empty,
  formatTime,
  IconDeviceDesktop,
  IconLock,
  Note,
  RefusalBox,
  Skeleton,
  State,
} from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';

function Session({ session, onEnded }: { readonly session: SessionView; readonly onEnded: () => void }): ReactNode {
  const words = useWords();
  const end = useCommand('sessions.end');
  const { factors } = session;
  const finish = async (): Promise<void> => {
    const ended = await end.run({ id: session.id });
    if (ended.ok) onEnded();
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
        {end.refusal === null ? null : <RefusalBox refusal={end.refusal} />}
      </div>
      {session.isThis ? null : (
        <Button isBusy={end.isRunning} icon={<IconLock size={16} aria-hidden />} onClick={() => void finish()}>
          {words('session.end')}
        </Button>
      )}
    </li>
  );
}

/** Where this person is signed in; a session elsewhere is ended from here. */
export function Sessions(): ReactNode {
  const words = useWords();
  const answer = useAnswer('sessions.list', null, { keep: true });
  if (answer.state === 'waiting') return <Skeleton name={words('loading')} lines={6} />;
  if (answer.state === 'refused') return <RefusalBox refusal={answer.refusal} onAgain={answer.again} />;
  const { sessions } = answer.value;
  if (sessions.length === 0)
    return (
      <Empty
        icon={<IconDeviceDesktop size={28} aria-hidden />}
        title={words('session.empty')}
        text={words('session.emptyText')}
      />
    );
  return (
    <>
      <Note>{words('session.explain')}</Note>
      <ul className="plain-list sessions">
        {sessions
          .toSorted((a, b) => Number(b.isThis) - Number(a.isThis) || b.lastSeenMs - a.lastSeenMs)
          .map((session) => (
            <Session key={session.id} session={session} onEnded={answer.again} />
          ))}
      </ul>
    </>
  );
}
