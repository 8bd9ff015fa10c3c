import type { ReactNode } from 'react';
import type { ChangeView, ScreenOutput } from '../../../contracts/ipc/index.ts';
import { useAnswer } from '../../bridge/index.ts';
import { formatTime, Hash, State, type Tone } from '../../kit/index.ts';
import { useWords, type Words } from '../../words/index.ts';

export type BlockedAct = ScreenOutput<'people.blockedActs'>['items'][number];

type Ended = 'open' | 'accepted' | 'superseded' | 'refused';
const tones: Readonly<Record<Ended, Tone>> = { open: 'bad', accepted: 'good', superseded: 'over', refused: 'bad' };

type Told = BlockedAct['told'];

function endOf({ released }: Told): Ended {
  if (released === null) return 'open';
  return released.outcome === 'accepted' || released.outcome === 'superseded' ? released.outcome : 'refused';
}

/** What became of an act, and where it was let in and refused all the same, why. */
export function BlockedActState({ told }: { readonly told: Told }): ReactNode {
  const words = useWords();
  const end = endOf(told);
  const code = end === 'refused' ? told.released?.outcome.slice('refused:'.length) : undefined;
  return (
    <span className="blocked-state">
      <State tone={tones[end]}>{words(`blocked.state.${end}`)}</State>
      {code === undefined ? null : (
        <span className="quiet small">{words('blocked.because', { what: words.refusal({ code }).what })}</span>
      )}
    </span>
  );
}

/** Devices by the names that the registry has for them; one that it does not know is told by its id. */
export function useDeviceNames(): (id: string) => string {
  const devices = useAnswer('devices.list', null, { keep: true });
  const known = devices.state === 'here' ? devices.value.items : [];
  return (id) => known.find((device) => device.id === id)?.name ?? id;
}

type Shown = ChangeView['acts'][number];

function momentsOf(words: Words, { claimedAtMs, told }: Shown): string {
  const claimed = words('blocked.claimed', { time: formatTime(claimedAtMs) });
  if (told === null) return claimed;
  return `${claimed} ${words('unit.separator')} ${words('blocked.received', { time: formatTime(told.receivedAtMs) })}`;
}

/** An act that was received after a block: which, of which registration, when, and from which device. */
export function BlockedActWords({ act, deviceName }: { readonly act: Shown; readonly deviceName: string }): ReactNode {
  const words = useWords();
  const released = act.told?.released ?? null;
  return (
    <span className="blocked-words">
      <span>
        {words.act(act.type)} <b className="num">{act.told?.number ?? ''}</b>
      </span>
      <span className="quiet small num">{momentsOf(words, act)}</span>
      {released === null ? null : (
        <span className="quiet small num">{words('blocked.again', { time: formatTime(released.receivedAtMs) })}</span>
      )}
      <span className="quiet small num">
        {deviceName} {words('blocked.sequence', { sequence: act.sequence })} {words('unit.separator')}{' '}
        <Hash value={act.hash} />
      </span>
    </span>
  );
}
