import type { ReactNode } from 'react';
import type { ActDraft, CaseView } from '../../../contracts/ipc/index.ts';
import { noteLengthMax, reasonCodes } from '../../../core/actions/index.ts';
import { Button, CheckList, RadioList, TextArea, useKeys, type Choice } from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { emptyDraft, useMemory, type DecisionDraft } from '../memory.tsx';
import { Preview } from './preview.tsx';
import { SignFoot, useSigning } from './sign-foot.tsx';

type Kind = NonNullable<DecisionDraft['kind']>;

/** The act that a draft would become, or `null` while something that it needs is missing. */
export function actOf(caseId: string, draft: DecisionDraft): ActDraft | null {
  const note = draft.note.trim();
  if (draft.kind === null) return null;
  if (draft.kind === 'approve') return { type: 'registration.approve', caseId, note };
  if (draft.reasons.length === 0 || (draft.reasons.includes('other') && note === '')) return null;
  return {
    type: draft.kind === 'return' ? 'registration.return' : 'registration.refuse',
    caseId,
    reasons: [...draft.reasons],
    note,
  };
}

function Release({ caseId }: { readonly caseId: string }): ReactNode {
  const words = useWords();
  const { sign, signing } = useMemory();
  return (
    <Button
      tone="quiet"
      isDisabled={signing !== null}
      onClick={() => void sign({ type: 'registration.release', caseId })}
    >
      {words('decision.release')}
    </Button>
  );
}

function DraftLine({ onClear }: { readonly onClear: () => void }): ReactNode {
  const words = useWords();
  return (
    <div className="draft-line">
      <span className="quiet small">{words('decision.draft')}</span>
      <Button tone="quiet" onClick={onClear}>
        {words('decision.clear')}
      </Button>
    </div>
  );
}

const kinds = ['approve', 'return', 'refuse'] as const;

function Choices({ caseId }: { readonly caseId: string }): ReactNode {
  const words = useWords();
  const { draftOf, setDraft } = useMemory();
  const draft = draftOf(caseId);
  const hasReasons = draft.kind === 'return' || draft.kind === 'refuse';
  const choices: readonly Choice<Kind>[] = kinds.map((value) => ({ value, label: words(`decision.${value}`) }));
  return (
    <div className="decision-part">
      <RadioList
        label={words('decision.kind')}
        choices={choices}
        value={draft.kind}
        onChange={(kind) => setDraft(caseId, { kind })}
      />
      {hasReasons ? (
        <CheckList
          label={words('decision.reasons')}
          choices={reasonCodes.map((value) => ({ value, label: words.reason(value) }))}
          values={draft.reasons}
          onChange={(reasons) => setDraft(caseId, { reasons })}
        />
      ) : null}
      <TextArea
        label={words('decision.note')}
        value={draft.note}
        onChange={(note) => setDraft(caseId, { note })}
        lengthMax={noteLengthMax}
        {...(draft.reasons.includes('other') && hasReasons ? { hint: words('decision.noteNeeded') } : {})}
      />
      {draft.kind === null && draft.note === '' ? null : <DraftLine onClear={() => setDraft(caseId, emptyDraft)} />}
    </div>
  );
}

/** Approve, return or refuse; the draft is kept per case until it is signed. */
export function DecisionForm({
  view,
  isReleasable,
}: {
  readonly view: CaseView;
  readonly isReleasable: boolean;
}): ReactNode {
  const { draftOf, setDraft } = useMemory();
  const caseId = view.summary.id;
  const words = useWords();
  const isChosen = draftOf(caseId).kind !== null;
  const choose = (kind: Kind) => (): void => setDraft(caseId, { kind });
  const signing = useSigning(actOf(caseId, draftOf(caseId)));
  useKeys({ KeyA: choose('approve'), KeyR: choose('return'), KeyX: choose('refuse'), 'ctrl+Enter': signing.signNow });
  return (
    <>
      <div className="decision-scroll">
        <Choices caseId={caseId} />
        <Preview answer={signing.preview} {...(isChosen ? { lack: words('decision.previewReason') } : {})} />
      </div>
      <SignFoot signing={signing} label={words('decision.sign')}>
        {isReleasable ? <Release caseId={caseId} /> : null}
      </SignFoot>
    </>
  );
}
