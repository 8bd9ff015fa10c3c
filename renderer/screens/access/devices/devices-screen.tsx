import type { ReactNode } from 'react';
import type { DeviceView } from '../../../../contracts/ipc/index.ts';
import { useAnswer, useNow } from '../../../bridge/index.ts';
import { Empty, formatCount, IconDeviceDesktop, Skeleton, State } from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { RowsTable } from '../../rows-table.tsx';
import { ageWords } from '../../status-words.ts';
import { deviceTones, postureTones, verdictOf } from '../access-words.ts';
import { LiveRefusal } from '../live-refusal.tsx';
import { NameCell } from '../name-cell.tsx';
import { DevicePanel } from './device-panel.tsx';

const columns = ['name', 'location', 'contact', 'standing', 'posture'] as const;

function Cells({ device }: { readonly device: DeviceView }): ReactNode {
  const words = useWords();
  const nowMs = useNow();
  const verdict = verdictOf(device);
  const { lastContactMs } = device;
  return (
    <>
      <span role="cell" className="people-name">
        <NameCell name={device.name} room={device.isThis ? 16 : 24} />
        {device.isThis ? <span className="quiet small">{words('device.this')}</span> : null}
      </span>
      <span role="cell" className="cut">
        {device.location}
      </span>
      <span role="cell" className="cut quiet num">
        {lastContactMs === null ? words('device.never') : ageWords(words, nowMs - lastContactMs)}
      </span>
      <span role="cell" className="cut">
        <State tone={deviceTones[device.standing]}>{words(`device.standing.${device.standing}`)}</State>
      </span>
      <span role="cell" className="cut">
        <State tone={postureTones[verdict]}>{words(`posture.verdict.${verdict}`)}</State>
      </span>
    </>
  );
}

const order = { requested: 0, active: 1, retired: 2 } as const;

function Devices({ devices, id }: { readonly devices: readonly DeviceView[]; readonly id: string | null }): ReactNode {
  const words = useWords();
  const go = useGo();
  if (devices.length === 0)
    return (
      <Empty
        icon={<IconDeviceDesktop size={28} aria-hidden />}
        title={words('device.empty')}
        text={words('device.emptyText')}
      />
    );
  const items = devices.toSorted((a, b) => order[a.standing] - order[b.standing] || (a.name < b.name ? -1 : 1));
  return (
    <RowsTable
      label={words('device.table')}
      heads={columns.map((column) => words(`device.column.${column}`))}
      rows={{ items, total: items.length, more: () => undefined }}
      cells={(device) => <Cells device={device} />}
      keyOf={(device) => device.id}
      nameOf={(device) => `${device.name}, ${words(`posture.verdict.${verdictOf(device)}`)}`}
      chosen={id}
      onChoose={(chosen) => go({ page: 'access', part: 'devices', id: chosen })}
      pageStep={15}
    />
  );
}

/** The devices that may act for the platform, and what each says of its own state. */
export function DevicesScreen({ id }: { readonly id: string | null }): ReactNode {
  const words = useWords();
  const answer = useAnswer('devices.list', null, { keep: true });
  const devices = answer.state === 'here' ? answer.value.items : [];
  const chosen = devices.find((device) => device.id === id);
  return (
    <div className="journal devices">
      <section className="journal-left" aria-label={words('access.part.devices')}>
        <header className="journal-head">
          <h1>{words('access.part.devices')}</h1>
          <span className="quiet num">{answer.state === 'here' ? formatCount(devices.length) : ''}</span>
        </header>
        {answer.state === 'waiting' ? <Skeleton name={words('loading')} lines={8} /> : null}
        {answer.state === 'refused' ? <LiveRefusal refusal={answer.refusal} onAgain={answer.again} /> : null}
        {answer.state === 'here' ? <Devices devices={devices} id={id} /> : null}
      </section>
      {chosen === undefined ? (
        <div className="journal-none">
          <Empty
            icon={<IconDeviceDesktop size={28} aria-hidden />}
            title={words('device.choose')}
            text={words('device.chooseText')}
          />
        </div>
      ) : (
        <DevicePanel key={chosen.id} device={chosen} />
      )}
    </div>
  );
}
