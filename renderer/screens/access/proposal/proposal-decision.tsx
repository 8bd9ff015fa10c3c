import { useMemo, type ReactNode } from 'react';
import type { PersonView } from '../../../../contracts/ipc/index.ts';
import type { Json } from '../../../../core/kernel/index.ts';
import { RefusalBox } from '../../../kit/index.ts';
import { useWords } from '../../../words/index.ts';
import { actOf, faultsOf, recordOf, type ProposalDraft } from './draft.ts';
import { faultWords } from './proposal-form.tsx';
import { Decision, Sides } from './proposal-frame.tsx';

type Props = { readonly person: PersonView | null; readonly draft: ProposalDraft; readonly nowMs: number };

/** Both sides of the change; a block is no field of the record, and is shown as its standing. */
function sidesOf({ person, draft, nowMs }: Props): readonly [Json | null, Json] {
  const before = person?.record ?? null;
  const after = recordOf(draft, before, nowMs);
  const isBlocked = person !== null && person.block !== null;
  const old = before === null ? null : { ...before, standing: isBlocked ? 'blocked' : before.standing };
  return [old, { ...after, standing: draft.kind === 'block' ? 'blocked' : after.standing }];
}

/** What the change of a person comes to. */
export function ProposalDecision(props: Props): ReactNode {
  const words = useWords();
  const { person, draft, nowMs } = props;
  const [before, after] = useMemo(() => sidesOf({ person, draft, nowMs }), [person, draft, nowMs]);
  const refusal = draft.kind === 'block' ? person?.blocking : person?.propose;
  const faults = faultsOf(draft, person?.record ?? null, nowMs).map(({ id }) => faultWords(words, id));
  return (
    <Decision act={actOf(draft, person, nowMs)} faults={faults} isAtOnce={draft.kind === 'block'}>
      {refusal === undefined || refusal === null ? null : <RefusalBox refusal={refusal} />}
      <Sides kind="staff" before={before} after={after} />
    </Decision>
  );
}
