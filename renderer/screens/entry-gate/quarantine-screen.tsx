import { useState, type ReactNode } from 'react';
import type { AppView } from '../../../contracts/ipc/index.ts';
import { Button, Fact, Facts, RefusalBox, Time } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { EnrolScreen } from './enrol-screen.tsx';
import { Gate } from './gate.tsx';

/** What is told to the officer; what never came into the log has to be signed again. */
function FactsForOfficer({ app }: { readonly app: AppView }): ReactNode {
  const words = useWords();
  const { alarms, log, outbox } = app.status;
  return (
    <Facts isWide>
      {app.device === null ? null : (
        <Fact name={words('connection.workstation')}>
          {app.device.name} <span className="mono quiet">{app.device.id}</span>
        </Fact>
      )}
      {log.lastIndex === null ? null : <Fact name={words('connection.lastIndex')}>{log.lastIndex + 1}</Fact>}
      {outbox.waiting === 0 ? null : (
        <Fact name={words('quarantine.waiting')}>
          <strong className="num">{outbox.waiting}</strong> {words('unit.separator')} {words('quarantine.waitingNext')}
        </Fact>
      )}
      {alarms.map((alarm) => (
        <Fact key={alarm.id} name={words.refusal(alarm).what}>
          <Time atMs={alarm.atMs} /> <span className="mono quiet">{alarm.id}</span>
        </Fact>
      ))}
    </Facts>
  );
}

/** A journal that records nothing any more: what is the matter, what to tell whom, and the way to a new one. */
export function QuarantineScreen({ app }: { readonly app: AppView }): ReactNode {
  const words = useWords();
  const [isEnrolling, setEnrolling] = useState(false);
  const { refusal } = app.status.server;
  if (isEnrolling) return <EnrolScreen app={app} onBack={() => setEnrolling(false)} />;
  const isLost = app.quarantine === 'log-compromised';
  return (
    <Gate app={app}>
      <section className="gate-box gate-single" role="alert">
        <h1>{words('quarantine.title')}</h1>
        <p className="quarantine-what">{words(isLost ? 'quarantine.lost.what' : 'quarantine.what')}</p>
        <p>{words(isLost ? 'quarantine.lost.why' : 'quarantine.why')}</p>
        <p className="quarantine-next">{words(isLost ? 'quarantine.lost.next' : 'quarantine.next')}</p>
        {refusal === null || refusal.code === app.quarantine ? null : <RefusalBox refusal={refusal} />}
        <div className="gate-actions">
          <Button tone="primary" onClick={() => setEnrolling(true)}>
            {words('quarantine.enrol')}
          </Button>
        </div>
        <h2>{words('quarantine.facts')}</h2>
        <FactsForOfficer app={app} />
      </section>
    </Gate>
  );
}
