import type { ReactNode } from 'react';
import type { DeviceView, PostureView } from '../../../../contracts/ipc/index.ts';
import {
  Button,
  Fact,
  Facts,
  formatCount,
  formatDate,
  IconArchive,
  IconDeviceDesktop,
  IconShieldCheck,
  IdentityNumber,
  Note,
  Part,
  State,
  Time,
  type Tone,
} from '../../../kit/index.ts';
import { useGo } from '../../../places/index.ts';
import { useWords } from '../../../words/index.ts';
import { matterOfDevice, useMemory } from '../../memory.tsx';
import { Fingerprint } from '../../fingerprint.tsx';
import { kindsOf, startDevice, type DeviceKind } from '../proposal/device-draft.ts';
import { deviceTones, postureTones, verdictOf } from '../access-words.ts';

const effectTones: Readonly<Record<'warn' | 'restrict' | 'refuse', Tone>> = {
  warn: 'alarm',
  restrict: 'alarm',
  refuse: 'bad',
};

/** What the policy takes offence at, each with what follows and what to do. */
function Findings({ findings }: Pick<PostureView, 'findings'>): ReactNode {
  const words = useWords();
  if (findings.length === 0) return <State tone="good">{words('posture.nothingFound')}</State>;
  return (
    <ul className="plain-list findings">
      {findings.map(({ id, effect }) => (
        <li key={id} className="finding">
          <State tone={effectTones[effect]}>{words(`posture.effect.${effect}`)}</State>
          <span>
            <span className="row-name">{words(`posture.finding.${id}`)}</span>
            <span className="quiet small">{words(`posture.next.${id}`)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Unknown(): ReactNode {
  const words = useWords();
  return <span className="quiet">{words('posture.notKnown')}</span>;
}

function PostureFacts({ posture }: { readonly posture: PostureView }): ReactNode {
  const words = useWords();
  const { antivirus, isDiskEncrypted, clockDriftMs, remoteControl } = posture;
  const base = antivirus?.baseAtMs ?? null;
  return (
    <Facts isWide>
      <Fact name={words('posture.version')}>
        <span className="num">{posture.version}</span>
      </Fact>
      <Fact name={words('posture.patched')}>
        {posture.patchedAtMs === null ? <Unknown /> : <span className="num">{formatDate(posture.patchedAtMs)}</span>}
      </Fact>
      <Fact name={words('posture.antivirus')}>
        {antivirus === null ? <Unknown /> : antivirus.name}
        {base === null ? null : (
          <span className="quiet small num"> {words('posture.base', { date: formatDate(base) })}</span>
        )}
      </Fact>
      <Fact name={words('posture.disk')}>
        {isDiskEncrypted === null ? <Unknown /> : words(isDiskEncrypted ? 'value.yes' : 'value.no')}
      </Fact>
      <Fact name={words('posture.clock')}>
        {clockDriftMs === null ? (
          <Unknown />
        ) : (
          <span className="num">
            {words('posture.clockDrift', { seconds: formatCount(Math.round(Math.abs(clockDriftMs) / 1_000)) })}
          </span>
        )}
      </Fact>
      <Fact name={words('posture.remote')}>
        {remoteControl.length === 0 ? words('value.none') : remoteControl.join(', ')}
      </Fact>
    </Facts>
  );
}

function Record({ device }: { readonly device: DeviceView }): ReactNode {
  const words = useWords();
  const { custodian } = device;
  return (
    <Part title={words('device.record')}>
      <Facts isWide>
        <Fact name={words('device.kind')}>{words(`device.kind.${device.kind}`)}</Fact>
        <Fact name={words('field.device.location')}>{device.location}</Fact>
        <Fact name={words('field.device.custodian')}>
          {custodian === null ? (
            words('value.none')
          ) : (
            <>
              {custodian.name} <span className="quiet small">{<IdentityNumber value={custodian.iin} />}</span>
            </>
          )}
        </Fact>
        <Fact name={words('device.enrolled')}>
          {device.enrolledAtMs === null ? words('device.notYet') : <Time atMs={device.enrolledAtMs} />}
        </Fact>
        <Fact name={words('device.contact')}>
          {device.lastContactMs === null ? words('device.never') : <Time atMs={device.lastContactMs} />}
        </Fact>
        <Fact name={words('device.fingerprint')}>
          <Fingerprint value={device.fingerprint} />
        </Fact>
      </Facts>
    </Part>
  );
}

const icons = { admit: IconShieldCheck, move: IconDeviceDesktop, retire: IconArchive } as const;

/** What two people may do with it. */
function Actions({ device }: { readonly device: DeviceView }): ReactNode {
  const words = useWords();
  const go = useGo();
  const { proposalOf, setProposal } = useMemory();
  const matter = matterOfDevice(device.id);
  const start = (kind: DeviceKind): void => {
    const held = proposalOf(matter);
    // A draft that was begun is gone on with.
    if (held?.of !== 'device' || held.kind !== kind) setProposal(matter, startDevice(kind, device));
    go({ page: 'access', part: 'propose-device', id: device.id });
  };
  return (
    <div className="person-actions">
      {kindsOf(device).map((kind) => {
        const Icon = icons[kind];
        return (
          <Button key={kind} icon={<Icon size={16} aria-hidden />} onClick={() => start(kind)}>
            {words(`propose.kind.${kind}`)}
          </Button>
        );
      })}
    </div>
  );
}

/** One device: what it says of itself, what the policy makes of that, and its record. */
export function DevicePanel({ device }: { readonly device: DeviceView }): ReactNode {
  const words = useWords();
  const { posture } = device;
  const verdict = verdictOf(device);
  return (
    <section className="entry" aria-label={device.name} tabIndex={0}>
      <header className="case-head">
        <div className="case-line">
          <State tone={deviceTones[device.standing]} isSoft>
            {words(`device.standing.${device.standing}`)}
          </State>
          <State tone={postureTones[verdict]} isSoft>
            {words('device.column.posture')}: {words(`posture.verdict.${verdict}`)}
          </State>
        </div>
        <h1 className="selectable">{device.name}</h1>
        <Actions device={device} />
      </header>
      <div className="tab-body parts">
        {device.isVerified || device.standing === 'requested' ? null : <Note>{words('device.notVerified')}</Note>}
        {device.standing === 'requested' ? <Note tone="waiting">{words('device.requestedText')}</Note> : null}
        <Part title={words('posture.title')}>
          {posture === null ? (
            <p className="quiet">{words('posture.absent')}</p>
          ) : (
            <>
              <p className="quiet small">
                {words('posture.own')} <Time atMs={posture.atMs} />
              </p>
              <Findings findings={posture.findings} />
              <PostureFacts posture={posture} />
            </>
          )}
        </Part>
        <Record device={device} />
      </div>
    </section>
  );
}
