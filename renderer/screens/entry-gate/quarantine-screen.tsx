import type { ReactNode } from 'react';
import type { AppView } from '../../../contracts/ipc/index.ts';
import { Fact, Facts, RefusalBox, Time } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { Gate } from './gate.tsx';

/** A journal that does not agree with the central log: nothing can be done here, and the screen says whom to call. */
export function QuarantineScreen({ app }: { readonly app: AppView }): ReactNode {
  const words = useWords();
  const { server, alarms, log } = app.status;
  return (
    <Gate app={app}>
      <section className="gate-box gate-single" role="alert">
        <h1>{words('quarantine.title')}</h1>
        <p className="quarantine-what">{words('quarantine.what')}</p>
        <p>{words('quarantine.why')}</p>
        <p className="quarantine-next">{words('quarantine.next')}</p>
        {server.refusal === null ? null : <RefusalBox refusal={server.refusal} />}
        <h2>{words('quarantine.facts')}</h2>
        <Facts isWide>
          {app.device === null ? null : (
            <Fact name={words('connection.workstation')}>
              {app.device.name} <span className="mono quiet">{app.device.id}</span>
            </Fact>
          )}
          {log.lastIndex === null ? null : <Fact name={words('connection.lastIndex')}>{log.lastIndex + 1}</Fact>}
          {alarms.map((alarm) => (
            <Fact key={alarm.id} name={words.refusal(alarm).what}>
              <Time atMs={alarm.atMs} /> <span className="mono quiet">{alarm.id}</span>
            </Fact>
          ))}
        </Facts>
      </section>
    </Gate>
  );
}
