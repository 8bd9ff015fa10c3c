import type { ReactNode } from 'react';
import type { StatusView } from '../../../contracts/ipc/index.ts';
import { useAnswer, useCommand } from '../../bridge/index.ts';
import {
  Button,
  Fact,
  Facts,
  formatCount,
  formatDate,
  IconRefresh,
  IdentityNumber,
  RefusalBox,
  State,
  Time,
  type Tone,
} from '../../kit/index.ts';
import { useWords } from '../../words/index.ts';
import { FailedModules } from '../failed-modules.tsx';
import { Alarms } from './alarms.tsx';
import { Fingerprint } from '../fingerprint.tsx';
import { Box } from './box.tsx';

const serverTones: Readonly<Record<StatusView['server']['state'], Tone>> = {
  connected: 'good',
  connecting: 'waiting',
  offline: 'alarm',
  refused: 'bad',
  closed: 'quiet',
};

function Server({ status }: { readonly status: StatusView }): ReactNode {
  const words = useWords();
  const { server } = status;
  return (
    <Box title={words('connection.server')}>
      <State tone={serverTones[server.state]}>{words(`status.server.${server.state}`)}</State>
      <Facts isWide>
        <Fact name={words('connection.address')}>
          <span className="mono">{server.url ?? words('connection.never')}</span>
        </Fact>
        <Fact name={words('connection.since')}>
          {server.since === null ? words('connection.never') : <Time atMs={server.since} />}
        </Fact>
      </Facts>
      {server.refusal === null ? null : <RefusalBox refusal={server.refusal} />}
    </Box>
  );
}

const clockTones: Readonly<Record<StatusView['clock']['state'], Tone>> = {
  good: 'good',
  warn: 'alarm',
  refused: 'bad',
  unknown: 'quiet',
};

function Clock({ clock }: { readonly clock: StatusView['clock'] }): ReactNode {
  const words = useWords();
  return (
    <Box title={words('connection.clock')}>
      <State tone={clockTones[clock.state]}>{words(`connection.clock.${clock.state}`)}</State>
      <Facts isWide>
        <Fact name={words('connection.drift')}>
          <span className="num">
            {clock.driftMs === null
              ? words('connection.driftUnknown')
              : words('connection.driftValue', { seconds: (clock.driftMs / 1_000).toFixed(1) })}
          </span>
        </Fact>
      </Facts>
      {clock.state === 'refused' || clock.state === 'warn' ? (
        <p className="quiet">{words('connection.clockNext')}</p>
      ) : null}
    </Box>
  );
}

/** When a mirror vouched for the log last. It pulls once a day: after two, or where its word is worth nothing, that is a warning. */
function MirrorAge({ cosignedAtMs, isWeak }: StatusView['log']['mirrors'][number]): ReactNode {
  const words = useWords();
  const age = cosignedAtMs === null ? words('connection.mirrorSilent') : <Time atMs={cosignedAtMs} />;
  if (!isWeak) return age;
  return (
    <State tone="alarm">
      {age}: {words('connection.mirrorWeak')}
    </State>
  );
}

function Outbox({ status }: { readonly status: StatusView }): ReactNode {
  const words = useWords();
  const sync = useCommand('sync.now');
  const { outbox, log } = status;
  return (
    <>
      <Box title={words('connection.outbox')}>
        <Facts isWide>
          <Fact name={words('connection.outboxWaiting')}>
            <span className="num">{formatCount(outbox.waiting)}</span>
          </Fact>
          <Fact name={words('connection.outboxOverdue')}>
            {outbox.overdue > 0 ? (
              <State tone="alarm">{formatCount(outbox.overdue)}</State>
            ) : (
              <span className="num">{formatCount(0)}</span>
            )}
          </Fact>
        </Facts>
        {sync.refusal === null ? null : <RefusalBox refusal={sync.refusal} />}
        <div>
          <Button
            icon={<IconRefresh size={16} aria-hidden />}
            isBusy={sync.isRunning}
            onClick={() => void sync.run(null)}
          >
            {words('connection.sync')}
          </Button>
        </div>
      </Box>
      <Box title={words('connection.log')}>
        <Facts isWide>
          <Fact name={words('connection.lastIndex')}>
            <span className="num">
              {log.lastIndex === null ? words('connection.never') : `№ ${formatCount(log.lastIndex + 1)}`}
            </span>
          </Fact>
          <Fact name={words('connection.treeSize')}>
            <span className="num">{log.treeSize === null ? words('connection.never') : formatCount(log.treeSize)}</span>
          </Fact>
          <Fact name={words('connection.checkedAt')}>
            {log.checkedAtMs === null ? words('connection.never') : <Time atMs={log.checkedAtMs} />}
          </Fact>
          {log.mirrors.map((mirror) => (
            <Fact key={mirror.name} name={words('connection.mirror', { name: mirror.name })}>
              <MirrorAge {...mirror} />
            </Fact>
          ))}
        </Facts>
      </Box>
    </>
  );
}

function Cards({ status }: { readonly status: StatusView }): ReactNode {
  const { card } = status;
  const words = useWords();
  const answer = useAnswer('certificates.list', null, { keep: true });
  const cards = answer.state === 'here' ? answer.value : [];
  return (
    <Box title={words('connection.readers')}>
      <State tone={card.state === 'present' ? 'good' : card.state === 'absent' ? 'quiet' : 'bad'}>
        {words(`status.card.${card.state}`, { label: card.label ?? '' })}
      </State>
      <FailedModules modules={status.failedModules} />
      {answer.state === 'refused' ? <RefusalBox refusal={answer.refusal} onAgain={answer.again} /> : null}
      {answer.state === 'here' && cards.length === 0 ? <p className="quiet">{words('connection.noCards')}</p> : null}
      <ul className="card-list">
        {cards.map((certificate) => (
          <li key={certificate.id}>
            <span>
              <strong>{certificate.tokenLabel}</strong> {certificate.commonName}
            </span>
            <span className="quiet small num">
              {certificate.iin === null ? null : (
                <>
                  {words('id.iin')} <IdentityNumber value={certificate.iin} /> {words('unit.separator')}{' '}
                </>
              )}
              {words('shift.until')} {formatDate(certificate.notAfterMs)}
            </span>
            {certificate.unusable === null ? (
              <State
                tone={certificate.attempts === 'ok' ? 'good' : certificate.attempts === 'locked' ? 'bad' : 'alarm'}
              >
                {words(`shift.attempts.${certificate.attempts}`)}
              </State>
            ) : (
              <State tone="bad">{words.refusal(certificate.unusable).what}</State>
            )}
          </li>
        ))}
      </ul>
    </Box>
  );
}

/** Whatever stands between a signature and the central log: cards, server, clock, queue, alarms, versions. */
export function ConnectionScreen(): ReactNode {
  const words = useWords();
  const app = useAnswer('app.get', null);
  if (app.state !== 'here') return null;
  const { status, device, version } = app.value;
  return (
    <div className="sheet-page">
      <h1>{words('connection.title')}</h1>
      <div className="boxes">
        <Alarms alarms={status.alarms} />
        <Cards status={status} />
        <Server status={status} />
        <Clock clock={status.clock} />
        <Outbox status={status} />
        <Box title={words('connection.workstation')}>
          <Facts isWide>
            <Fact name={words('connection.workstation')}>
              {device === null ? words('connection.never') : device.name}
            </Fact>
            {device === null || device.fingerprint === null ? null : (
              <Fact name={words('device.fingerprint')}>
                <Fingerprint value={device.fingerprint} />
              </Fact>
            )}
            <Fact name={words('connection.version')}>
              <span className="num">{version}</span>
            </Fact>
          </Facts>
        </Box>
      </div>
    </div>
  );
}
