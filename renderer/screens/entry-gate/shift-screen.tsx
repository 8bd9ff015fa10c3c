import type { ReactNode } from 'react';
import type { AppView } from '../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../bridge/index.ts';
import { Button, Note, RefusalBox, useKeys } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { FailedModules } from '../failed-modules.tsx';
import { CertificatePicker, useChosenCertificate } from './certificate-picker.tsx';
import { Gate } from './gate.tsx';

const advice = ['card', 'phrase', 'read', 'leave', 'report'] as const;

function Advice(): ReactNode {
  const words = useWords();
  return (
    <section className="gate-box">
      <h2>{words('shift.advice')}</h2>
      <ul className="advice">
        {advice.map((id) => (
          <li key={id}>{words(`shift.advice.${id}`)}</li>
        ))}
      </ul>
    </section>
  );
}

function DemoCards({ cards }: { readonly cards: AppView['demoCredentials'] }): ReactNode {
  const words = useWords();
  return (
    <section className="gate-box gate-demo">
      <h2>{words('shift.demo')}</h2>
      <p className="quiet small">{words('shift.demoText')}</p>
      <ul className="demo-cards">
        {cards.map((card) => (
          <li key={card.name} className="selectable">
            <strong>{card.name}</strong>
            <span className="quiet small">{words.role(card.role)}</span>
            <span className="mono">
              {words('shift.demoPin')} {card.pin}
            </span>
            <span className="mono">
              {words('shift.demoPassword')} {card.password}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Start of shift, and the locked screen: the journal is closed until a card and a password open it (57-8). */
export function ShiftScreen({ app }: { readonly app: AppView }): ReactNode {
  const words = useWords();
  const list = useAnswer('certificates.list', null, { keep: true });
  const [chosen, choose] = useChosenCertificate(list.state === 'here' ? list.value : []);
  const start = useCommand('shift.start');
  const begin = (): void => {
    if (chosen !== undefined && !start.isRunning) void start.run({ certificateId: chosen.id });
  };
  useKeys({ 'ctrl+Enter': begin });
  // Why the desk locked by itself, until the person has tried to go on.
  const shown = start.refusal ?? (start.isRunning ? null : app.lockedBy);
  return (
    <Gate app={app}>
      <div className="gate-columns">
        <section className="gate-box gate-primary">
          <h1>{words('shift.title')}</h1>
          <p className="quiet">{words('shift.text')}</p>
          {shown === null ? null : <RefusalBox refusal={shown} />}
          <FailedModules modules={app.status.failedModules} />
          <CertificatePicker chosen={chosen} onChoose={choose} />
          {start.isRunning ? <Note tone="waiting">{words('shift.waiting')}</Note> : null}
          <div className="gate-actions">
            <Button tone="primary" keys="Ctrl ↵" isDisabled={chosen === undefined || start.isRunning} onClick={begin}>
              {words('shift.start')}
            </Button>
          </div>
        </section>
        <div className="gate-side">
          {app.demoCredentials.length === 0 ? null : <DemoCards cards={app.demoCredentials} />}
          <Advice />
        </div>
      </div>
    </Gate>
  );
}
