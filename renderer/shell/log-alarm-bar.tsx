import type { ReactNode } from 'react';
import type { StatusView } from '../../contracts/ipc/index.ts';
import { IconAlertOctagon } from '../kit/index.ts';
import { useGo } from '../places/index.ts';
import { useWords } from '../words/index.ts';

/** Over every page while the log is not believed. Nothing closes it: it goes with its cause. */
export function LogAlarmBar({ alarms }: { readonly alarms: StatusView['alarms'] }): ReactNode {
  const words = useWords();
  const go = useGo();
  const alarm = alarms.find(({ isStanding }) => isStanding);
  if (alarm === undefined) return null;
  return (
    <div className="log-alarm-bar" role="alert">
      <IconAlertOctagon size={20} aria-hidden />
      <span className="cut">
        <strong>{words.refusal(alarm).what}.</strong> {words('frame.logAlarm')}
      </span>
      <button type="button" className="log-alarm-more" onClick={() => go({ page: 'connection' })}>
        {words('frame.logAlarmMore')}
      </button>
    </div>
  );
}
