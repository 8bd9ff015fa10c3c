import { useState, type ReactNode } from 'react';
import { Button, RefusalBox, type ShownRefusal } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

/** Why a button of this place is closed: asked for by whoever wonders, with the next step. */
export function WhyNot({ refusal }: { readonly refusal: ShownRefusal | null }): ReactNode {
  const words = useWords();
  const [isOpen, setIsOpen] = useState(false);
  if (refusal === null) return null;
  return (
    <div className="why-not">
      <Button tone="quiet" onClick={() => setIsOpen(!isOpen)}>
        {words('access.why')}
      </Button>
      {isOpen ? <RefusalBox refusal={refusal} /> : null}
    </div>
  );
}
