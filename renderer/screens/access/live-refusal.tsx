import type { ReactNode } from 'react';
import { RefusalBox, type ShownRefusal } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';

/** A refusal of what only the server can do or tell: unlike acts, it does not wait here until there is a connection. */
export function LiveRefusal(props: { readonly refusal: ShownRefusal; readonly onAgain?: () => void }): ReactNode {
  const words = useWords();
  const next = props.refusal.code === 'server-unreachable' ? words('access.needsServer') : undefined;
  return <RefusalBox refusal={props.refusal} onAgain={props.onAgain} next={next} />;
}
