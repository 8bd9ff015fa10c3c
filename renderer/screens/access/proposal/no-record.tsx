import type { ReactNode } from 'react';
import type { Refusal } from '../../../../core/kernel/index.ts';
import { Button, Empty, RefusalBox, Skeleton } from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';

/** What stands in the place of a proposal whose record is not there: it is on its way, refused, or none. */
export function NoRecord(props: {
  readonly answer:
    | { readonly state: 'waiting' | 'here' }
    | { readonly state: 'refused'; readonly refusal: Refusal; readonly again: () => void };
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly onBack: () => void;
}): ReactNode {
  const { answer, icon, title, text, onBack } = props;
  const words = useWords();
  return (
    <div className="case-wait">
      {answer.state === 'waiting' ? <Skeleton name={words('loading')} lines={8} /> : null}
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} isLarge /> : null}
      {answer.state === 'here' ? (
        <Empty icon={icon} title={title} text={text}>
          <Button onClick={onBack}>{words('propose.back')}</Button>
        </Empty>
      ) : null}
    </div>
  );
}
