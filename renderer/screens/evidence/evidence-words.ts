import type { EvidenceItem } from '../../../contracts/ipc/index.ts';
import { formatCount, sizeParts, type Tone } from '../../kit/index.ts';
import type { Words } from '../../words/index.ts';

export const evidenceTones: Readonly<Record<EvidenceItem['state'], Tone>> = {
  recorded: 'waiting',
  sending: 'active',
  paused: 'quiet',
  quarantined: 'waiting',
  accepted: 'good',
  infected: 'bad',
  refused: 'bad',
};

/** "uploading 40 %", "in the central log № 48 212": how far a piece has come. */
export function evidenceStateWords(words: Words, { state, percent, logIndex }: EvidenceItem): string {
  return words(`evidence.state.${state}`, {
    percent: formatCount(percent),
    number: logIndex === null ? '' : formatCount(logIndex + 1),
  });
}

export function sizeWords(words: Words, sizeBytes: number): string {
  const { unit, value } = sizeParts(sizeBytes);
  return words(`size.${unit}`, { value });
}
