import type { ReactNode } from 'react';
import { Button, IconSignature } from '../../kit/index.ts';
import { useMemory, type AnyDraft } from '../memory.tsx';
import { usePreview } from './preview.tsx';

/** The way of a draft to the sealed prompt: its text, whether it may be signed now, and to do so. */
export type Signing = {
  readonly preview: ReturnType<typeof usePreview>;
  readonly isReady: boolean;
  readonly signNow: () => void;
};

/** What main would refuse is not sent; `null` is a draft that lacks something. */
export function useSigning(draft: AnyDraft | null): Signing {
  const { sign, signing } = useMemory();
  const preview = usePreview(draft);
  const signable = preview?.state === 'refused' ? null : draft;
  const signNow = (): void => {
    if (signable !== null) void sign(signable);
  };
  return { preview, isReady: signable !== null && signing === null, signNow };
}

/** The button that opens the sealed prompt, at the foot of a decision. */
export function SignFoot(props: {
  readonly signing: Signing;
  readonly label: string;
  readonly keys?: string;
  readonly children?: ReactNode;
}): ReactNode {
  const { isReady, signNow } = props.signing;
  return (
    <footer className="decision-foot">
      <Button
        tone="primary"
        isWide
        icon={<IconSignature size={18} aria-hidden />}
        keys={props.keys ?? 'Ctrl ↵'}
        isDisabled={!isReady}
        onClick={signNow}
      >
        {props.label}
      </Button>
      {props.children}
    </footer>
  );
}
