import type { ReactNode } from 'react';
import type { DeviceView } from '../../../../contracts/ipc/index.ts';
import type { Json } from '../../../../core/kernel/index.ts';
import { useAnswer } from '../../../bridge/index.ts';
import { CheckList, IconDeviceDesktop, Note, TextField } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { matterOfDevice, useMemory } from '../../memory.tsx';
import { Fingerprint } from '../../fingerprint.tsx';
import { PersonPicker } from '../person-picker.tsx';
import { deviceAct, deviceAfter, deviceFaults, startDevice, type DeviceDraft } from './device-draft.ts';
import { NoRecord } from './no-record.tsx';
import { Decision, ProposalFrame, Sides, Why } from './proposal-frame.tsx';
import { editField, undo } from './steps.ts';

type Of = { readonly device: DeviceView; readonly draft: DeviceDraft };
type FormProps = Of & { readonly onChange: (draft: DeviceDraft) => void };

/** What two people compare by eye: the key that the server was given, and the one that the device says it has. */
function Key({ device, draft, onChange }: FormProps): ReactNode {
  const words = useWords();
  return (
    <div className="propose-key">
      <Note tone="waiting">{words('device.compare')}</Note>
      <span className="field-name" aria-hidden>
        {words('device.fingerprint')}
      </span>
      <Fingerprint value={device.fingerprint} />
      <CheckList
        label={words('device.fingerprint')}
        choices={[{ value: 'same', label: words('device.compared') }]}
        values={draft.fields.isCompared ? ['same'] : []}
        onChange={(values) => onChange(editField(draft, 'isCompared', values.length > 0))}
      />
    </div>
  );
}

function Form(props: FormProps): ReactNode {
  const words = useWords();
  const { draft, onChange } = props;
  const { fields, kind } = draft;
  return (
    <div className="propose-form">
      {kind === 'admit' ? <Key {...props} /> : null}
      {kind === 'retire' ? (
        <p>{words('propose.text.retire')}</p>
      ) : (
        <>
          <TextField
            label={words('field.device.location')}
            hint={words('device.locationHint')}
            value={fields.location}
            onChange={(value) => onChange(editField(draft, 'location', value))}
            lengthMax={200}
          />
          <PersonPicker
            label={words('field.device.custodian')}
            chosen={fields.custodian}
            onChoose={(iin) => onChange(editField(draft, 'custodian', iin))}
          />
        </>
      )}
      <Why fields={fields} onChange={(name, value) => onChange(editField(draft, name, value))} />
    </div>
  );
}

/** Both sides, as far as a person decides on them: the key stands above, and is the same on both. */
function sidesOf({ device, draft }: Of): { readonly before: Json | null; readonly after: Json } {
  const record = { name: device.name, kind: device.kind };
  const { location, custodian, standing } = device;
  const before = { record, location, custodian: custodian?.iin ?? null, standing };
  const after = { record, ...deviceAfter(draft) };
  return { before: device.hash === null ? null : before, after: { ...after, custodian: after.custodian || null } };
}

function Proposal({ device }: Pick<Of, 'device'>): ReactNode {
  const words = useWords();
  const go = useGo();
  const { proposalOf, setProposal } = useMemory();
  const matter = matterOfDevice(device.id);
  const held = proposalOf(matter);
  const draft = held?.of === 'device' ? held : startDevice(device.standing === 'requested' ? 'admit' : 'move', device);
  const set = (changed: DeviceDraft): void => setProposal(matter, changed);
  return (
    <ProposalFrame
      title={words(`propose.title.${draft.kind}`)}
      subtitle={device.name}
      matter={matter}
      canUndo={draft.past.length > 0}
      onUndo={() => set(undo(draft))}
      onBack={() => go({ page: 'access', part: 'devices', id: device.id })}
      form={<Form device={device} draft={draft} onChange={set} />}
      decision={
        <Decision
          act={deviceAct(draft, device)}
          faults={deviceFaults(draft, device).map(({ id }) => words(`fault.${id}`))}
        >
          <Sides kind="device" {...sidesOf({ device, draft })} />
        </Decision>
      }
    />
  );
}

/** A change of a device as it is thought about. */
export function DeviceProposal({ id }: { readonly id: string | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  const answer = useAnswer('devices.list', null, { keep: true });
  const device = answer.state === 'here' ? answer.value.items.find((one) => one.id === id) : undefined;
  if (device !== undefined) return <Proposal key={device.id} device={device} />;
  return (
    <NoRecord
      answer={answer}
      icon={<IconDeviceDesktop size={28} aria-hidden />}
      title={words('device.absent')}
      text={words('device.absentText')}
      onBack={() => go({ page: 'access', part: 'devices', id: null })}
    />
  );
}
