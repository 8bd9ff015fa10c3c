import { useMemo, type ReactNode } from 'react';
import type { PolicyView } from '../../../../contracts/ipc/index.ts';
import type { FieldPath } from '../../../../core/access/index.ts';
import { spanOf, type Json } from '../../../../core/kernel/index.ts';
import { useAnswer, useNow } from '../../../bridge/index.ts';
import { Empty, IconKey, RefusalBox, Skeleton } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords, type Words } from '../../../words/index.ts';
import { useMemory } from '../../memory.tsx';
import { fieldName } from '../field-words.ts';
import {
  documentOf,
  policyAct,
  policyFaults,
  startPolicy,
  type PolicyDraft,
  type PolicyFault,
} from './policy-draft.ts';
import { PolicyForm } from './policy-form.tsx';
import { Decision, ProposalFrame, Sides } from './proposal-frame.tsx';
import { undo } from './steps.ts';

function numberWords(words: Words, path: FieldPath, value: number): string {
  if (!String(path.at(-1)).endsWith('Ms')) return String(value);
  const { unit, value: amount } = spanOf(value);
  return words(`span.${unit}`, { value: amount });
}

function faultWords(words: Words, fault: PolicyFault): string {
  if (fault.id !== 'number-beyond' && fault.id !== 'number-malformed') return words(`fault.${fault.id}`);
  const field = fieldName(words, 'policy', fault.field).text;
  if (fault.id === 'number-malformed') return words('fault.number-malformed', { field });
  const [min, max] = [fault.min, fault.max].map((value) => numberWords(words, fault.field, value));
  return fault.max === Number.MAX_SAFE_INTEGER
    ? words('fault.number-small', { field, min: min ?? '' })
    : words('fault.number-beyond', { field, min: min ?? '', max: max ?? '' });
}

const isAt = (fault: PolicyFault, path: FieldPath): boolean =>
  typeof fault.field === 'object' && fault.field !== null && fault.field.join('.') === path.join('.');

function Proposal({ view }: { readonly view: PolicyView }): ReactNode {
  const words = useWords();
  const go = useGo();
  const nowMs = useNow();
  const { proposalOf, setProposal } = useMemory();
  const held = proposalOf('policy');
  const draft = held?.of === 'policy' ? held : startPolicy(view.summary.effectiveFromMs, nowMs);
  const set = (changed: PolicyDraft): void => setProposal('policy', changed);
  const before = view.document as unknown as Json;
  const after = useMemo(() => documentOf(draft.fields, before), [draft.fields, before]);
  const faults = policyFaults(draft, before, nowMs);
  const told = (fault: PolicyFault | undefined): string | undefined =>
    fault === undefined ? undefined : faultWords(words, fault);
  return (
    <ProposalFrame
      title={words('propose.title.policy', { version: view.summary.version + 1 })}
      subtitle={words('policy.replaces', { version: view.summary.version })}
      matter="policy"
      canUndo={draft.past.length > 0}
      onUndo={() => set(undo(draft))}
      onBack={() => go({ page: 'access', part: 'policies', id: String(view.summary.version) })}
      form={
        <PolicyForm
          before={before}
          draft={draft}
          faultAt={(path) => told(faults.find((fault) => isAt(fault, path)))}
          fromFault={told(faults.find(({ field }) => field === 'from'))}
          onChange={set}
        />
      }
      decision={
        <Decision act={policyAct(draft, view, nowMs)} faults={faults.map((fault) => faultWords(words, fault))}>
          <Sides kind="policy" before={before} after={after} />
        </Decision>
      }
    />
  );
}

/** The next version of the policy, begun from the newest one: two versions ahead would never both count. */
export function PolicyProposal(): ReactNode {
  const words = useWords();
  const list = useAnswer('policies.list', null);
  const newest = list.state === 'here' ? (list.value.items[0]?.version ?? 0) : 0;
  const answer = useAnswer('policies.get', { version: newest }, { isEnabled: newest > 0 });
  if (answer.state === 'here') return <Proposal key={newest} view={answer.value} />;
  const refused = list.state === 'refused' ? list : answer.state === 'refused' ? answer : undefined;
  const isEmpty = list.state === 'here' && newest === 0;
  return (
    <div className="case-wait">
      {refused === undefined ? null : <RefusalBox refusal={refused.refusal} onAgain={refused.again} isLarge />}
      {isEmpty ? (
        <Empty
          icon={<IconKey size={28} aria-hidden />}
          title={words('policy.empty')}
          text={words('policy.emptyText')}
        />
      ) : null}
      {refused === undefined && !isEmpty ? <Skeleton name={words('loading')} lines={10} /> : null}
    </div>
  );
}
