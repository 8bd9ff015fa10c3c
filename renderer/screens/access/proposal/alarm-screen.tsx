import type { ReactNode } from 'react';
import type { AlarmView } from '../../../../contracts/ipc/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import { IconAlertOctagon, Note, RefusalBox } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { matterOfAlarm, useMemory } from '../../memory.tsx';
import { OpeningFacts } from '../opening-facts.tsx';
import { alarmAct, startAlarm, type AlarmDraft } from './alarm-draft.ts';
import { NoRecord } from './no-record.tsx';
import { Decision, ProposalFrame, Why } from './proposal-frame.tsx';
import { editField, undo, whyFaults } from './steps.ts';

function Proposal({ alarm }: { readonly alarm: AlarmView }): ReactNode {
  const words = useWords();
  const go = useGo();
  const { proposalOf, setProposal } = useMemory();
  const matter = matterOfAlarm(alarm.leaf);
  const held = proposalOf(matter);
  const draft = held?.of === 'alarm' ? held : startAlarm();
  const set = (changed: AlarmDraft): void => setProposal(matter, changed);
  return (
    <ProposalFrame
      title={words('propose.title.alarm')}
      subtitle={alarm.opener.name}
      matter={matter}
      canUndo={draft.past.length > 0}
      onUndo={() => set(undo(draft))}
      onBack={() => go({ page: 'access', part: 'waiting', id: null })}
      form={
        <div className="propose-form">
          <Note tone="waiting">{words('alarm.advice')}</Note>
          <Why fields={draft.fields} onChange={(name, value) => set(editField(draft, name, value))} />
        </div>
      }
      decision={
        <Decision
          act={alarmAct(draft, alarm.leaf)}
          faults={whyFaults(draft.fields).map(({ id }) => words(`fault.${id}`))}
        >
          {alarm.propose === null ? null : <RefusalBox refusal={alarm.propose} />}
          <OpeningFacts opening={alarm} />
        </Decision>
      }
    />
  );
}

/** The alarm of an opened emergency account, and the way to close it. */
export function AlarmProposal({ leaf }: { readonly leaf: string | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  const answer = useAnswer('alarms.list', null, { keep: true });
  const alarm = answer.state === 'here' ? answer.value.items.find((one) => one.leaf === leaf) : undefined;
  if (alarm !== undefined) return <Proposal key={alarm.leaf} alarm={alarm} />;
  return (
    <NoRecord
      answer={answer}
      icon={<IconAlertOctagon size={28} aria-hidden />}
      title={words('alarm.choose')}
      text={words('alarm.chooseText')}
      onBack={() => go({ page: 'access', part: 'waiting', id: null })}
    />
  );
}
