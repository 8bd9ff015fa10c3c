import type { ReactNode } from 'react';
import { Note } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

/** In the place of a form while the sealed prompt is open. */
export function SigningNote(): ReactNode {
  const words = useWords();
  return (
    <div className="decision-part">
      <Note tone="waiting">
        <strong>{words('decision.waiting')}</strong>
        <br />
        {words('decision.waitingText')}
      </Note>
    </div>
  );
}
