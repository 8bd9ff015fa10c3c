import { useState, type ReactNode } from 'react';
import type { CertificateView, PromptView } from '../../contracts/ipc/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import {
  Button,
  formatDate,
  Hash,
  IconShieldCheck,
  IdentityNumber,
  Note,
  SecretField,
  State,
  TextField,
  type Tone,
} from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { PasswordRules } from './password-rules.tsx';
import { setsPassword, type Fields } from './use-submit.ts';

/** What only the vault and the person know: a page that draws a false prompt cannot show it. */
export function Phrase({ view }: { readonly view: PromptView }): ReactNode {
  const words = useWords();
  const phrase = view.recognitionPhrase;
  return (
    <header className={phrase === null ? 'phrase' : 'phrase phrase-known'}>
      <IconShieldCheck size={20} aria-hidden />
      <div>
        <p className="small quiet">{phrase === null ? words.prompt('phrase.locked') : words.prompt('phrase.label')}</p>
        {phrase === null ? null : <p className="phrase-words">{phrase}</p>}
        {phrase === null ? null : <p className="small quiet">{words.prompt('phrase.advice')}</p>}
      </div>
    </header>
  );
}

/** The exact text, to the last sign, with the start and the end of its hash. */
export function ShownText({ view }: { readonly view: PromptView }): ReactNode {
  const words = useWords();
  if (view.text === null) return <Note>{words.prompt('challenge')}</Note>;
  return (
    <section className="prompt-text">
      <div className="prompt-line small">
        <h2>{words.prompt('text.label')}</h2>
        {view.textHash === null ? null : (
          <span className="quiet">
            {words.prompt('text.hash')} <Hash value={view.textHash} />
          </span>
        )}
      </div>
      <pre className="prompt-paper" tabIndex={0} aria-label={words.prompt('text.label')}>
        {view.text}
      </pre>
    </section>
  );
}

const attemptTones: Readonly<Record<CertificateView['attempts'], Tone>> = {
  ok: 'good',
  'count-low': 'alarm',
  'final-try': 'bad',
  locked: 'bad',
};

/** Who signs with which certificate, and how many attempts the card still allows: read before the PIN is typed. */
export function Signer({ signer }: { readonly signer: CertificateView }): ReactNode {
  const words = useWords();
  // Of a card that is not there nothing good is said; what locked it is said by the box below as well.
  const isKnown = signer.unusable === null || signer.attempts === 'locked';
  return (
    <section className="prompt-signer">
      <div className="prompt-line">
        <span>
          <span className="small quiet">{words.prompt('signer.label')}</span>
          <br />
          <strong className="selectable">{signer.commonName}</strong>
        </span>
        {signer.iin === null ? null : (
          <span className="num">
            <span className="small quiet">{words.prompt('signer.iin')}</span>
            <br />
            <IdentityNumber value={signer.iin} />
          </span>
        )}
        <span className="num">
          <span className="small quiet">{words.prompt('signer.certificate')}</span>
          <br />
          <Hash value={signer.sha256} />
          <br />
          {words.prompt('signer.until', { date: formatDate(signer.notAfterMs) })}
        </span>
      </div>
      {isKnown ? (
        <State tone={attemptTones[signer.attempts]}>{words.prompt(`attempts.${signer.attempts}`)}</State>
      ) : null}
    </section>
  );
}

function Demo({
  view,
  fields,
  isDisabled,
}: {
  readonly view: PromptView;
  readonly fields: Fields;
  readonly isDisabled: boolean;
}): ReactNode {
  const words = useWords();
  const hint = view.demoHint;
  if (hint === null) return null;
  // Whoever changes his password chooses the new one himself, also in a demonstration.
  const known = view.kind === 'change-password' ? [fields.former] : [fields.password, fields.repeat];
  const fill = (): void => {
    if (fields.pin.current !== null) fields.pin.current.value = hint.pin;
    for (const field of known) if (field.current !== null) field.current.value = hint.password;
  };
  return (
    <div className="prompt-demo">
      <span className="selectable">{words.prompt('demo', { pin: hint.pin, password: hint.password })}</span>
      <Button tone="quiet" isDisabled={isDisabled} onClick={fill}>
        {words.prompt('demo.fill')}
      </Button>
    </div>
  );
}

/** After these the other password may be the one that is missing. */
const mayMissFormer = new Set(['slot-key-wrong', 'sign-in-refused']);

/** The password before, for whoever changed his at another workstation; shown at once where a change was cut off here. */
function FormerPassword(props: {
  readonly view: PromptView;
  readonly fields: Fields;
  readonly isDisabled: boolean;
  readonly refusal: Refusal | null;
}): ReactNode {
  const words = useWords();
  const { view, fields, isDisabled, refusal } = props;
  const [isWanted, setIsWanted] = useState(false);
  if (view.asks.formerPassword === 'no') return null;
  const isShown =
    isWanted || view.asks.formerPassword === 'asked' || (refusal !== null && mayMissFormer.has(refusal.code));
  if (!isShown)
    return (
      <div>
        <Button tone="quiet" isDisabled={isDisabled} onClick={() => setIsWanted(true)}>
          {words.prompt('password.former.offer')}
        </Button>
      </div>
    );
  const isCutOff = view.asks.formerPassword === 'asked';
  return (
    <>
      <Note {...(isCutOff ? { tone: 'waiting' as const } : {})}>
        {words.prompt(isCutOff ? 'password.former.unsettled' : 'password.former.advice')}
      </Note>
      <div className="prompt-fields">
        <SecretField ref={fields.former} label={words.prompt('password.former')} isDisabled={isDisabled} />
      </div>
    </>
  );
}

function PasswordFields(props: {
  readonly view: PromptView;
  readonly fields: Fields;
  readonly isDisabled: boolean;
}): ReactNode {
  const words = useWords();
  const { view, fields, isDisabled } = props;
  if (!view.asks.password) return null;
  const isNew = setsPassword(view);
  return (
    <>
      {view.kind === 'change-password' ? (
        <SecretField ref={fields.former} label={words.prompt('password.current')} isDisabled={isDisabled} />
      ) : null}
      <SecretField
        ref={fields.password}
        label={words.prompt(isNew ? 'password.new' : 'password')}
        isDisabled={isDisabled}
      />
      {isNew ? (
        <SecretField ref={fields.repeat} label={words.prompt('password.repeat')} isDisabled={isDisabled} />
      ) : null}
    </>
  );
}

/** The secrets that this prompt asks for, masked; on a reader with a keypad the PIN is typed there. */
export function Secrets(props: {
  readonly view: PromptView;
  readonly fields: Fields;
  readonly isDisabled: boolean;
  readonly refusal: Refusal | null;
  readonly phrase: string;
  readonly onPhrase: (phrase: string) => void;
}): ReactNode {
  const words = useWords();
  const { view, fields, isDisabled } = props;
  return (
    <>
      {!view.asks.pin && view.signer.hasPinPad ? <Note>{words.prompt('pin.pad')}</Note> : null}
      <div className={setsPassword(view) ? 'prompt-fields prompt-fields-new' : 'prompt-fields'}>
        {view.asks.pin ? <SecretField ref={fields.pin} label={words.prompt('pin')} isDisabled={isDisabled} /> : null}
        <PasswordFields view={view} fields={fields} isDisabled={isDisabled} />
      </div>
      {setsPassword(view) ? <PasswordRules view={view} fields={fields} isBusy={isDisabled} /> : null}
      {view.kind === 'start-shift' ? (
        <FormerPassword view={view} fields={fields} isDisabled={isDisabled} refusal={props.refusal} />
      ) : null}
      {view.asks.newRecognitionPhrase ? (
        <TextField
          label={words.prompt('phrase.new')}
          hint={words.prompt('phrase.newAdvice')}
          value={props.phrase}
          onChange={props.onPhrase}
          lengthMax={120}
          isDisabled={isDisabled}
        />
      ) : null}
      <Demo view={view} fields={fields} isDisabled={isDisabled} />
    </>
  );
}

/** `ABCD-EFGH-JKLM` with room for spaces. */
const codeLengthMax = 24;

/** For the first password at the server. Once a person's life in most prompts, so it is folded away where a shift starts. */
export function ActivationCode(props: {
  readonly view: PromptView;
  readonly code: string;
  readonly onCode: (code: string) => void;
  readonly isDisabled: boolean;
}): ReactNode {
  const words = useWords();
  const [isShown, setIsShown] = useState(props.view.kind === 'enrol');
  if (!isShown)
    return (
      <div>
        <Button tone="quiet" isDisabled={props.isDisabled} onClick={() => setIsShown(true)}>
          {words.prompt('activation.offer')}
        </Button>
      </div>
    );
  return (
    <TextField
      label={words.prompt('activation')}
      hint={words.prompt('activation.advice')}
      value={props.code}
      onChange={props.onCode}
      lengthMax={codeLengthMax}
      isDisabled={props.isDisabled}
    />
  );
}
