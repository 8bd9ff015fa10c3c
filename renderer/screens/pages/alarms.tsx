import type { ReactNode } from 'react';
import type { StatusView } from '../../../contracts/ipc/index.ts';
import { useCommand } from '../../bridge/index.ts';
import { Button, Fact, Facts, formatCount, RefusalBox, State, Time } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { Box } from './box.tsx';

type Alarm = StatusView['alarms'][number];
type Head = NonNullable<Alarm['heads']>['own'];

function TreeHead({ name, head }: { readonly name: string; readonly head: Head }): ReactNode {
  const words = useWords();
  return (
    <Fact name={name}>
      {head === null ? (
        words('connection.headAbsent')
      ) : (
        <>
          <span className="num">{words('connection.headSize', { count: formatCount(head.size) })}</span>{' '}
          <code className="mono small">{head.root}</code>
        </>
      )}
    </Fact>
  );
}

/** What an alarm about the log says of itself: that it stays, who has read it, and both heads. */
function Standing({ alarm }: { readonly alarm: Alarm }): ReactNode {
  const words = useWords();
  const { heads, isStanding, readAtMs } = alarm;
  return (
    <>
      {isStanding ? <State tone="bad">{words('connection.alarmStands')}</State> : null}
      {readAtMs === null ? null : (
        <p className="small quiet">
          {words('connection.alarmRead')} <Time atMs={readAtMs} />
        </p>
      )}
      {heads === null ? null : (
        <Facts isWide>
          <TreeHead name={words('connection.headOwn')} head={heads.own} />
          <TreeHead name={words('connection.headOther')} head={heads.other} />
        </Facts>
      )}
    </>
  );
}

/** Alarms that nobody has acknowledged, and those about the log for as long as nothing explains them. */
export function Alarms({ alarms }: { readonly alarms: StatusView['alarms'] }): ReactNode {
  const words = useWords();
  const acknowledge = useCommand('alarm.acknowledge');
  return (
    <Box title={words('connection.alarms')}>
      {alarms.length === 0 ? <p className="quiet">{words('connection.noAlarms')}</p> : null}
      {alarms.map((alarm) => (
        <RefusalBox key={alarm.id} refusal={alarm}>
          <p className="small">
            <Time atMs={alarm.atMs} />
          </p>
          <Standing alarm={alarm} />
          {alarm.readAtMs !== null ? null : (
            <div className="refusal-actions">
              <Button onClick={() => void acknowledge.run({ id: alarm.id })}>{words('connection.acknowledge')}</Button>
            </div>
          )}
        </RefusalBox>
      ))}
    </Box>
  );
}
