import { useEffect, useRef, type ReactNode } from 'react';
import type { Json } from '../../../../core/kernel/index.ts';
import { Button, IconArrowBackUp, Note, TextArea, useKeys } from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { OutcomeBox } from '../../case/outcome-box.tsx';
import { Preview } from '../../case/preview.tsx';
import { SignFoot, useSigning } from '../../case/sign-foot.tsx';
import { SigningNote } from '../../case/signing-note.tsx';
import { matterOf, useMemory, type AnyDraft } from '../../memory.tsx';
import { DiffTable } from '../diff-table.tsx';
import type { RecordKind } from '../field-words.ts';
import type { WhyFields } from './steps.ts';

type FrameProps = {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly matter: string;
  readonly canUndo: boolean;
  readonly onUndo: () => void;
  readonly onBack: () => void;
  readonly form: ReactNode;
  /** What comes of it, and the way to sign it. */
  readonly decision: ReactNode;
};

function Head({ title, subtitle, canUndo, onUndo, onBack }: FrameProps): ReactNode {
  const words = useWords();
  return (
    <header className="case-head">
      <div className="case-line">
        <Button tone="quiet" icon={<IconArrowBackUp size={16} aria-hidden />} onClick={onBack}>
          {words('propose.back')}
        </Button>
        <Button keys="Ctrl Z" isDisabled={!canUndo} onClick={onUndo}>
          {words('propose.undo')}
        </Button>
      </div>
      <h1>{title}</h1>
      {subtitle === undefined ? null : <p className="quiet">{subtitle}</p>}
    </header>
  );
}

/** Whoever opens a form is in its first field; a review has none, so that its keys walk the list at once. */
function useFirstFocus() {
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const first = form.current?.querySelector<HTMLElement>('.propose-form :is(input, textarea)');
    first?.focus({ preventScroll: true });
  }, []);
  return form;
}

/** A change that is thought about on the left, and what comes of it on the right: nothing is recorded before it is signed. */
export function ProposalFrame(props: FrameProps): ReactNode {
  const words = useWords();
  const { signing } = useMemory();
  const form = useFirstFocus();
  const { matter, canUndo, onUndo } = props;
  useKeys({
    'ctrl+KeyZ': () => {
      if (canUndo) onUndo();
    },
  });
  const isSigning = signing !== null && matterOf(signing) === matter;
  return (
    <div className="propose">
      <section className="case" aria-label={props.title}>
        <Head {...props} />
        <div ref={form} className="tab-body propose-body">
          {props.form}
        </div>
      </section>
      <aside className="decision" aria-label={words('propose.what')}>
        <h2 className="decision-title">{words('propose.what')}</h2>
        <OutcomeBox caseId={matter} />
        {isSigning ? <SigningNote /> : props.decision}
      </aside>
    </div>
  );
}

/** Reason and basis, which every change has. */
export function Why({
  fields,
  onChange,
}: {
  readonly fields: WhyFields;
  readonly onChange: (name: keyof WhyFields, value: string) => void;
}): ReactNode {
  const words = useWords();
  return (
    <>
      {(['reason', 'basis'] as const).map((name) => (
        <TextArea
          key={name}
          label={words(`propose.${name}`)}
          value={fields[name]}
          onChange={(value) => onChange(name, value)}
          hint={words(`propose.${name}Hint`)}
          lengthMax={300}
        />
      ))}
    </>
  );
}

function Missing({ faults }: { readonly faults: readonly string[] }): ReactNode {
  const words = useWords();
  if (faults.length === 0) return null;
  return (
    <div className="decision-part">
      <h3>{words('propose.missing')}</h3>
      <ul className="advice">
        {faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </div>
  );
}

/** Both sides of a record, told field by field. */
export function Sides(props: {
  readonly kind: RecordKind;
  readonly before: Json | null;
  readonly after: Json;
}): ReactNode {
  const words = useWords();
  return <DiffTable label={words('propose.what')} {...props} />;
}

/** What a change does, what is still missing in words, the text that would be signed, and the way to sign it. */
export function Decision(props: {
  /** `null` while something is missing. */
  readonly act: AnyDraft | null;
  readonly faults: readonly string[];
  readonly isAtOnce?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const words = useWords();
  const signing = useSigning(props.act);
  const isAtOnce = props.isAtOnce === true;
  useKeys({ 'ctrl+Enter': signing.signNow });
  return (
    <>
      <div className="decision-scroll" role="region" aria-label={words('propose.what')} tabIndex={0}>
        <div className="decision-part">
          {props.children}
          {isAtOnce ? null : <Note>{words('propose.needsSecond')}</Note>}
        </div>
        <Missing faults={props.faults} />
        <Preview answer={signing.preview} lack={words('propose.previewLack')} />
      </div>
      <SignFoot signing={signing} label={words(isAtOnce ? 'propose.signBlock' : 'propose.sign')} />
    </>
  );
}
