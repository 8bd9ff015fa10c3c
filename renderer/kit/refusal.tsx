import type { ReactNode } from 'react';
import { useWords } from '../words/index.ts';
import { Button } from './buttons.tsx';
import { IconAlertOctagon, IconInfoCircle } from './icons.ts';

/** A refusal as it comes out of a `Result` or a view. */
export type ShownRefusal = {
  readonly code: string;
  readonly details?: Readonly<Record<string, string | number>> | undefined;
  readonly incidentId?: string | undefined;
};

/**
 * A refusal in words: what is the matter, why, what to do now, and the incident where there is one. It stays until the
 * cause is gone; nothing on screen ever hides it by itself.
 */
export function RefusalBox(props: {
  readonly refusal: ShownRefusal;
  readonly onAgain?: (() => void) | undefined;
  readonly isLarge?: boolean;
  /** Said in the place of the catalogue's reason, where a page knows it better. */
  readonly why?: string | undefined;
  /** Said in the place of the catalogue's next step, where it differs here. */
  readonly next?: string | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  const words = useWords();
  const known = words.refusal(props.refusal);
  const { what } = known;
  const why = props.why ?? known.why;
  const next = props.next ?? known.next;
  return (
    <div className={props.isLarge === true ? 'refusal refusal-large' : 'refusal'} role="alert">
      <IconAlertOctagon size={20} className="shape tone-bad" aria-hidden />
      <div className="refusal-words selectable">
        <p className="refusal-what">{what}</p>
        {why === '' ? null : <p>{why}</p>}
        {next === '' ? null : <p className="refusal-next">{next}</p>}
        {props.refusal.incidentId === undefined ? null : (
          <p className="quiet small">
            {words('refusal.incident')} <code className="mono">{props.refusal.incidentId}</code>
          </p>
        )}
        {props.children}
        {props.onAgain === undefined ? null : (
          <div className="refusal-actions">
            <Button onClick={props.onAgain}>{words('action.again')}</Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** A fact that a person should know here; calmer than a refusal. */
export function Note(props: { readonly tone?: 'info' | 'waiting'; readonly children: ReactNode }): ReactNode {
  return (
    <div className={`note note-${props.tone ?? 'info'}`}>
      <IconInfoCircle size={16} aria-hidden />
      <div>{props.children}</div>
    </div>
  );
}
