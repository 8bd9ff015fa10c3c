import { useEffect, useState, type ReactNode } from 'react';
import type { ScreenOutput } from '../../../contracts/ipc/index.ts';
import { useAnswer, type Answer } from '../../bridge/index.ts';
import { Hash, RefusalBox } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import type { AnyDraft } from '../memory.tsx';

const typingPauseMs = 250;

type Previewed = Answer<ScreenOutput<'acts.preview'>>;

/** The value as it was when it last stood still, so that each typed letter does not ask main. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as T), typingPauseMs);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}

// Never asked for: it only fills the place of a draft that is not there.
const noDraft: AnyDraft = { type: 'registration.claim', caseId: '' };

/** What main would let this person sign now, or why not; `null` without a draft. */
export function usePreview(draft: AnyDraft | null): Previewed | null {
  const settled = useSettled(draft);
  const asked = settled?.type === draft?.type ? settled : draft;
  const answer = useAnswer('acts.preview', asked ?? noDraft, { keep: true, isEnabled: asked !== null });
  return draft === null ? null : answer;
}

function Text({ answer }: { readonly answer: Previewed }): ReactNode {
  const words = useWords();
  if (answer.state === 'waiting') return <p className="quiet small">{words('decision.previewWait')}</p>;
  if (answer.state === 'refused') return <RefusalBox refusal={answer.refusal} />;
  return (
    <>
      <pre className="paper" tabIndex={0} aria-label={words('decision.preview')}>
        {answer.value.text}
      </pre>
      <p className="quiet small">
        {words('case.fileHash')} <Hash value={answer.value.hash} />
      </p>
    </>
  );
}

/** The text that would be signed, as main would write it now; the sealed prompt shows it once more before the PIN. */
export function Preview(props: {
  readonly answer: Previewed | null;
  /** What is still missing before there is a text. */
  readonly lack?: string;
}): ReactNode {
  const words = useWords();
  return (
    <section className="decision-part">
      <h3>{words('decision.preview')}</h3>
      {props.answer === null ? (
        <p className="quiet small">{props.lack ?? words('decision.previewEmpty')}</p>
      ) : (
        <Text answer={props.answer} />
      )}
    </section>
  );
}
