import { useEffect, useState, type ReactNode } from 'react';
import type { ActDraft } from '../../../contracts/ipc/index.ts';
import { useAnswer } from '../../bridge/index.ts';
import { Hash, RefusalBox } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

const typingPauseMs = 250;

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

function Text({ draft, revision }: { readonly draft: ActDraft; readonly revision: number }): ReactNode {
  const words = useWords();
  const settled = useSettled(draft);
  const answer = useAnswer('acts.preview', settled, { keep: true });
  if (answer.state === 'waiting') return <p className="quiet small">{words('decision.previewWait')}</p>;
  if (answer.state === 'refused') return <RefusalBox refusal={answer.refusal} />;
  return (
    <>
      <pre className="paper" data-revision={revision} tabIndex={0} aria-label={words('decision.preview')}>
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
  readonly draft: ActDraft | null;
  readonly revision: number;
  /** What is still missing before there is a text. */
  readonly lack?: string;
}): ReactNode {
  const { draft, revision } = props;
  const words = useWords();
  return (
    <section className="decision-part">
      <h3>{words('decision.preview')}</h3>
      {draft === null ? (
        <p className="quiet small">{props.lack ?? words('decision.previewEmpty')}</p>
      ) : (
        <Text key={draft.type} draft={draft} revision={revision} />
      )}
    </section>
  );
}
