import type { ReactNode } from 'react';
import type { AccessDraft, ChangeView } from '../../../../contracts/ipc/index.ts';
import { noteLengthMax } from '../../../../core/actions/index.ts';
import { Note, RadioList, RefusalBox, State, TextArea, useKeys, type Choice } from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { OutcomeBox } from '../../case/outcome-box.tsx';
import { Preview } from '../../case/preview.tsx';
import { SignFoot, useSigning } from '../../case/sign-foot.tsx';
import { SigningNote } from '../../case/signing-note.tsx';
import { matterOf, useMemory, type ChangeDraft } from '../../memory.tsx';
import { changeTones } from '../access-words.ts';

type Kind = NonNullable<ChangeDraft['kind']>;

/** The act that a choice comes to; declining says why, and so does nothing without words. */
export function changeAct(caseId: string, kind: Kind | null, note: string): AccessDraft | null {
  const said = note.trim();
  if (kind === 'confirm') return { type: 'access.confirm', caseId };
  if (kind === 'decline') return said === '' ? null : { type: 'access.decline', caseId, note: said };
  return kind === 'withdraw' ? { type: 'access.withdraw', caseId, note: said } : null;
}

type Part = { readonly view: ChangeView; readonly kinds: readonly Kind[] };

function Form({ view, kinds }: Part): ReactNode {
  const words = useWords();
  const { caseId } = view.summary;
  const { changeDraftOf, setChangeDraft } = useMemory();
  const { kind: held, note } = changeDraftOf(caseId);
  const kind = held !== null && kinds.includes(held) ? held : null;
  const setKind = (wanted: Kind): void => setChangeDraft(caseId, { kind: wanted, note });
  const signing = useSigning(changeAct(caseId, kind, note));
  const choose = (wanted: Kind) => (): void => {
    if (kinds.includes(wanted)) setKind(wanted);
  };
  useKeys({
    KeyA: choose('confirm'),
    KeyX: choose('decline'),
    KeyW: choose('withdraw'),
    'ctrl+Enter': signing.signNow,
  });
  const choices = kinds.map((value): Choice<Kind> => ({ value, label: words(`waiting.${value}`) }));
  return (
    <>
      <div className="decision-scroll">
        <div className="decision-part">
          <RadioList label={words('decision.kind')} choices={choices} value={kind} onChange={setKind} />
          {kind === 'decline' || kind === 'withdraw' ? (
            <TextArea
              label={words('change.note')}
              value={note}
              onChange={(text) => setChangeDraft(caseId, { kind, note: text })}
              lengthMax={noteLengthMax}
              {...(kind === 'decline' ? { hint: words('waiting.noteNeeded') } : {})}
            />
          ) : null}
        </div>
        <Preview answer={signing.preview} {...(kind === null ? {} : { lack: words('waiting.noteNeeded') })} />
      </div>
      <SignFoot signing={signing} label={words('decision.sign')} />
    </>
  );
}

function Closed({ view }: { readonly view: ChangeView }): ReactNode {
  const words = useWords();
  const { state } = view.summary;
  return (
    <div className="decision-part">
      <State tone={changeTones[state]}>{words(`change.state.${state}`)}</State>
      <p className="quiet">{words(`waiting.after.${state}`)}</p>
    </div>
  );
}

const kindOf = (type: string): Kind => type.slice('access.'.length) as Kind;

function Open({ view }: { readonly view: ChangeView }): ReactNode {
  const words = useWords();
  const open = view.allowed.filter(({ refusal }) => refusal === null).map(({ type }) => kindOf(type));
  const refused = view.allowed.find(({ type, refusal }) => type === 'access.confirm' && refusal !== null)?.refusal;
  return (
    <>
      {refused === undefined || refused === null ? null : (
        <div className="decision-part">
          {view.summary.isMine ? <Note>{words('waiting.own')}</Note> : <RefusalBox refusal={refused} />}
        </div>
      )}
      {open.length === 0 ? null : <Form view={view} kinds={open} />}
    </>
  );
}

/** What this person may do with the change: be its second signature, decline it with a reason, or take his own back. */
export function ChangeDecision({ view }: { readonly view: ChangeView }): ReactNode {
  const words = useWords();
  const { signing } = useMemory();
  const { caseId, state } = view.summary;
  const isSigning = signing !== null && matterOf(signing) === caseId;
  return (
    <aside className="decision" aria-label={words('waiting.decision')}>
      <h2 className="decision-title">{words('waiting.decision')}</h2>
      <OutcomeBox caseId={caseId} />
      {isSigning ? <SigningNote /> : null}
      {!isSigning && state === 'waiting' ? <Open view={view} /> : null}
      {!isSigning && state !== 'waiting' ? <Closed view={view} /> : null}
    </aside>
  );
}
