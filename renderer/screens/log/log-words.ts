import type { LogItem } from '../../../contracts/ipc/index.ts';
import type { Tone } from '../../kit/index.ts';
import type { Words } from '../../words/index.ts';

export const outcomeTones: Readonly<Record<LogItem['outcome']['state'], Tone>> = {
  accepted: 'good',
  superseded: 'over',
  refused: 'bad',
};

/** What an entry is: an own act by its name, anything else by its kind, since the public log names no more. */
export function logItemWords(words: Words, item: LogItem): string {
  return item.act === null ? words(`log.kind.${item.kind}`) : words.act(item.act.type);
}

/** Who sent it: this workstation, another by the start of its id, or the platform itself. */
export function deviceWords(words: Words, item: LogItem): string {
  if (item.device === null) return words('log.device.platform');
  return item.isThisDevice ? words('log.device.this') : item.device.slice(0, 8);
}
