import type { ReactNode } from 'react';
import type { AlarmView } from '../../../../contracts/ipc/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import { Button, formatTime, State } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { WhyNot } from '../why-not.tsx';

function Next({ alarm }: { readonly alarm: AlarmView }): ReactNode {
  const words = useWords();
  const go = useGo();
  const { waiting } = alarm;
  if (waiting !== null)
    return (
      <div className="alarm-next">
        <span className="quiet">{words('alarm.waits')}</span>
        <Button onClick={() => go({ page: 'access', part: 'waiting', id: waiting })}>{words('alarm.open')}</Button>
      </div>
    );
  if (alarm.propose !== null) return <WhyNot refusal={alarm.propose} />;
  return (
    <div className="alarm-next">
      <Button onClick={() => go({ page: 'access', part: 'propose-alarm', id: alarm.leaf })}>
        {words('alarm.close')}
      </Button>
    </div>
  );
}

/** Openings of the emergency account whose alarm stands, over everything that waits; says nothing while there is none. */
export function AlarmList(): ReactNode {
  const words = useWords();
  const answer = useAnswer('alarms.list', null, { keep: true });
  const standing = answer.state === 'here' ? answer.value.items.filter(({ end }) => end === null) : [];
  if (standing.length === 0) return null;
  return (
    <ul className="alarms" aria-label={words('alarm.label')}>
      {standing.map((alarm) => (
        <li key={alarm.leaf} className="alarm">
          <State tone="bad">{words('alarm.stands')}</State>
          <p className="small">
            {words('alarm.text', {
              ...{ name: alarm.opener.name, at: formatTime(alarm.openedAtMs), reason: alarm.reason },
            })}
          </p>
          <Next alarm={alarm} />
        </li>
      ))}
    </ul>
  );
}
