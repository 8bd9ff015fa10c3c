import { useState, type ReactNode } from 'react';
import type { AppView } from '../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../bridge/index.ts';
import { Button, Note, RefusalBox, TextField } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { CertificatePicker, useChosenCertificate } from './certificate-picker.tsx';
import { Gate } from './gate.tsx';

const steps = ['enrol.step1', 'enrol.step2', 'enrol.step3'] as const;

function Fields(props: {
  readonly code: string;
  readonly name: string;
  readonly onCode: (code: string) => void;
  readonly onName: (name: string) => void;
}): ReactNode {
  const words = useWords();
  return (
    <>
      <TextField
        label={words('enrol.code')}
        hint={words('enrol.codeHint')}
        value={props.code}
        onChange={props.onCode}
        lengthMax={512}
        isMono
      />
      <TextField
        label={words('enrol.name')}
        hint={words('enrol.nameHint')}
        value={props.name}
        onChange={props.onName}
        lengthMax={80}
      />
    </>
  );
}

/**
 * A computer that the platform does not know yet, or one whose journal records nothing any more, with the way back to what is the matter:
 * what it takes to enrol it, and what will happen.
 */
export function EnrolScreen({ app, onBack }: { readonly app: AppView; readonly onBack?: () => void }): ReactNode {
  const words = useWords();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const list = useAnswer('certificates.list', null, { keep: true });
  const [chosen, choose] = useChosenCertificate(list.state === 'here' ? list.value : []);
  const enrol = useCommand('enrolment.start');
  const isReady = code.trim() !== '' && name.trim() !== '' && chosen !== undefined && !enrol.isRunning;
  const start = (): void => {
    if (isReady) void enrol.run({ code: code.trim(), name: name.trim(), certificateId: chosen.id });
  };
  return (
    <Gate app={app}>
      <div className="gate-columns">
        <form
          className="gate-box gate-primary"
          onSubmit={(event) => {
            event.preventDefault();
            start();
          }}
        >
          <h1>{words('enrol.title')}</h1>
          <p className="quiet">{words(onBack === undefined ? 'enrol.text' : 'enrol.anew')}</p>
          <Fields code={code} name={name} onCode={setCode} onName={setName} />
          <h3>{words('enrol.card')}</h3>
          <CertificatePicker chosen={chosen} onChoose={choose} />
          {enrol.refusal === null ? null : <RefusalBox refusal={enrol.refusal} />}
          {enrol.isRunning ? <Note tone="waiting">{words('shift.waiting')}</Note> : null}
          <div className="gate-actions">
            {onBack === undefined ? null : <Button onClick={onBack}>{words('enrol.back')}</Button>}
            <Button tone="primary" isSubmit isDisabled={!isReady}>
              {words('enrol.start')}
            </Button>
          </div>
        </form>
        <div className="gate-side">
          <section className="gate-box">
            <h2>{words('enrol.steps')}</h2>
            <ol className="advice advice-steps">
              {steps.map((id) => (
                <li key={id}>{words(id)}</li>
              ))}
            </ol>
          </section>
        </div>
      </div>
    </Gate>
  );
}
