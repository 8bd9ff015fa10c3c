import './prompt.css';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import type { PromptBridge, PromptView } from '../../contracts/ipc/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import { Button, IconSignature, KitProvider, Note, RefusalBox, useKeys } from '../kit/index.ts';
import { useWords, WordsProvider } from '../words/index.ts';
import { ActivationCode, Phrase, Secrets, ShownText, Signer } from './parts.tsx';
import { useSubmit } from './use-submit.ts';

const signWords = { 'sign-act': 'sign', 'start-shift': 'start', enrol: 'enrol', 'change-password': 'change' } as const;

function Title({ view }: { readonly view: PromptView }): ReactNode {
  const words = useWords();
  return <h1 className="prompt-title selectable">{words.promptTitle(view.title.id, view.title.values)}</h1>;
}

function useFields() {
  const pin = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const repeat = useRef<HTMLInputElement>(null);
  const former = useRef<HTMLInputElement>(null);
  const [fields] = useState({ pin, password, repeat, former });
  return fields;
}

/** A refusal stays until its cause is gone: once the card is back, its absence has nothing more to say. */
function useForgetting(isUnusable: boolean, forget: () => void): void {
  const wasUnusable = useRef(false);
  useEffect(() => {
    if (wasUnusable.current && !isUnusable) forget();
    wasUnusable.current = isUnusable;
  }, [isUnusable, forget]);
}

function Foot(props: {
  readonly view: PromptView;
  readonly isBusy: boolean;
  readonly isLocked: boolean;
  readonly onCancel: () => void;
}): ReactNode {
  const words = useWords();
  const { view, isBusy, isLocked } = props;
  return (
    <footer className="prompt-foot">
      <span className="quiet small">{isBusy ? words.prompt('busy') : words.prompt('keys')}</span>
      <Button onClick={props.onCancel} isDisabled={isBusy}>
        {words.prompt('cancel')}
      </Button>
      <Button
        tone="primary"
        isSubmit
        isBusy={isBusy}
        isDisabled={isLocked}
        icon={<IconSignature size={18} aria-hidden />}
      >
        {words.prompt(signWords[view.kind])}
      </Button>
    </footer>
  );
}

/** The prompt itself: phrase, act, text, signer, attempts, and only then the secrets. */
function Prompt({ bridge, view }: { readonly bridge: PromptBridge; readonly view: PromptView }): ReactNode {
  const words = useWords();
  const fields = useFields();
  const [phrase, setPhrase] = useState('');
  const [code, setCode] = useState('');
  const { isBusy, refusal, lack, submit, cancel, forget } = useSubmit(bridge, view, fields, { phrase, code });
  const said = refusal ?? view.signer.unusable;
  useForgetting(view.signer.unusable !== null, forget);
  const isLocked = view.signer.attempts === 'locked';
  useKeys({ Escape: cancel });
  useEffect(() => {
    const first = view.asks.pin ? fields.pin : fields.password;
    if (!isBusy) first.current?.focus();
  }, [fields, isBusy, view.asks.pin]);
  return (
    <form
      className="prompt"
      aria-label={words.prompt('window')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isLocked) void submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') cancel();
      }}
    >
      <Phrase view={view} />
      {/* Without a text to read there is nothing in it to hold on to, and it scrolls where rules of a password stand below it. */}
      <div className="prompt-body" tabIndex={view.text === null ? 0 : undefined}>
        <Title view={view} />
        <ShownText view={view} />
        <Signer signer={view.signer} />
      </div>
      <div className="prompt-secrets">
        {said === null ? null : <RefusalBox refusal={said} />}
        {lack === null ? null : <Note tone="waiting">{words.prompt(lack)}</Note>}
        <Secrets
          view={view}
          fields={fields}
          isDisabled={isBusy || isLocked}
          refusal={refusal}
          phrase={phrase}
          onPhrase={setPhrase}
        />
        {view.asks.activationCode ? (
          <ActivationCode view={view} code={code} onCode={setCode} isDisabled={isBusy || isLocked} />
        ) : null}
      </div>
      <Foot view={view} isBusy={isBusy} isLocked={isLocked} onCancel={cancel} />
    </form>
  );
}

function useView(bridge: PromptBridge): { readonly view: PromptView | null; readonly refusal: Refusal | null } {
  const [view, setView] = useState<PromptView | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const ask = useCallback(async () => {
    try {
      const result = await bridge.call('prompt.get', null);
      if (result.ok) setView(result.value);
      setRefusal(result.ok ? null : result.refusal);
    } catch {
      setRefusal({ code: 'internal' });
    }
  }, [bridge]);
  useEffect(() => {
    void ask();
    return bridge.on('prompt.changed', () => void ask());
  }, [ask, bridge]);
  return { view, refusal };
}

/** The sealed window in which a person signs; a page of its own, so that the operator's page never sees a PIN. */
export function PromptWindow(props: {
  readonly bridge: PromptBridge;
  readonly onMissingWord?: ((message: string) => void) | undefined;
}): ReactNode {
  const { view, refusal } = useView(props.bridge);
  return (
    <KitProvider scheme={view?.colourScheme ?? 'auto'} density="compact">
      <WordsProvider locale={view?.locale ?? 'kk'} onMissing={props.onMissingWord}>
        {refusal === null ? null : (
          <main className="prompt-refused">
            <RefusalBox refusal={refusal} isLarge />
          </main>
        )}
        {view === null || refusal !== null ? null : (
          <main className="prompt-main">
            <Prompt bridge={props.bridge} view={view} />
          </main>
        )}
      </WordsProvider>
    </KitProvider>
  );
}
