import type { ReactNode } from 'react';
import type { Answer } from '../bridge/index.ts';
import { RefusalBox, Skeleton } from '../kit/index.ts';
import { useWords } from '../words/index.ts';

type FrameProps<T> = {
  readonly label: string;
  readonly answer: Answer<T>;
  readonly show: (value: T) => ReactNode;
};

/** The panel of the chosen row: waiting for it, told why there is none, or it. */
export function EntryFrame<T>({ label, answer, show }: FrameProps<T>): ReactNode {
  const words = useWords();
  return (
    <section className="entry" aria-label={label} tabIndex={0}>
      {answer.state === 'waiting' ? <Skeleton name={words('loading')} lines={8} /> : null}
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} isLarge /> : null}
      {answer.state === 'here' ? show(answer.value) : null}
    </section>
  );
}
