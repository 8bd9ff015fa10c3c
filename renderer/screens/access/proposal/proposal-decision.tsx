import { useMemo, type ReactNode } from 'react';
import type { PersonView } from '../../../../contracts/ipc/index.ts';
import type { Json } from '../../../../core/kernel/index.ts';
import { Note, RefusalBox, useKeys } from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { Preview } from '../../case/preview.tsx';
import { SignFoot, useSigning } from '../../case/sign-foot.tsx';
import { DiffTable } from '../diff-table.tsx';
import { actOf, faultsOf, recordOf, type ProposalDraft } from './draft.ts';
import { faultWords } from './proposal-form.tsx';

type Props = { readonly person: PersonView | null; readonly draft: ProposalDraft; readonly nowMs: number };

/** Both sides of the change; a block is no field of the record, and is shown as its standing. */
function sidesOf({ person, draft, nowMs }: Props): readonly [Json | null, Json] {
  const before = person?.record ?? null;
  const after = recordOf(draft, before, nowMs);
  const isBlocked = person !== null && person.block !== null;
  const old = before === null ? null : { ...before, standing: isBlocked ? 'blocked' : before.standing };
  return [old, { ...after, standing: draft.kind === 'block' ? 'blocked' : after.standing }];
}

function Missing({ person, draft, nowMs }: Props): ReactNode {
  const words = useWords();
  const faults = faultsOf(draft, person?.record ?? null, nowMs);
  if (faults.length === 0) return null;
  return (
    <div className="decision-part">
      <h3>{words('propose.missing')}</h3>
      <ul className="advice">
        {faults.map(({ field, id }) => (
          <li key={`${field ?? ''} ${id}`}>{faultWords(words, id)}</li>
        ))}
      </ul>
    </div>
  );
}

/** What the change does field by field, what is still missing, the text that would be signed, and the way to sign it. */
export function ProposalDecision(props: Props): ReactNode {
  const words = useWords();
  const { person, draft, nowMs } = props;
  const signing = useSigning(actOf(draft, person, nowMs));
  const [before, after] = useMemo(() => sidesOf({ person, draft, nowMs }), [person, draft, nowMs]);
  const refusal = draft.kind === 'block' ? person?.blocking : person?.propose;
  useKeys({ 'ctrl+Enter': signing.signNow });
  return (
    <>
      <div className="decision-scroll" role="region" aria-label={words('propose.what')} tabIndex={0}>
        <div className="decision-part">
          {refusal === undefined || refusal === null ? null : <RefusalBox refusal={refusal} />}
          <DiffTable label={words('propose.what')} kind="staff" before={before} after={after} />
          {draft.kind === 'block' ? null : <Note>{words('propose.needsSecond')}</Note>}
        </div>
        <Missing {...props} />
        <Preview answer={signing.preview} lack={words('propose.previewLack')} />
      </div>
      <SignFoot signing={signing} label={words(draft.kind === 'block' ? 'propose.signBlock' : 'propose.sign')} />
    </>
  );
}
