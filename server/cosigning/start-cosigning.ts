import type { KeyRotation, NoteKey } from '../../core/log/index.ts';
import type { AskedPolicy } from './asked-policy.ts';
import { askWitness, type Question, type WitnessTrouble } from './ask-witness.ts';
import type { CosignedLog } from './cosigned-log.ts';
import { introduceKey } from './introduce-key.ts';

/** A loop that asks until it is stopped. */
export type Cosigning = { readonly stop: () => Promise<void> };

/** A witness is asked about one head a second at most, however fast the log grows; one that hangs holds a round up for its time-out. */
const roundMs = 1_000;
/** A witness that fails waits twice as long each time, up to a minute. */
const backoffMaxMs = 60_000;

type Station = {
  readonly prefix: string;
  readonly keys: readonly NoteKey[];
  knownSize: number;
  failures: number;
  notBeforeMs: number;
};

/**
 * Asks outside witnesses about the newest published head, apart from everything else that the server does: receipts wait
 * for nobody. What a witness refuses is told to `onTrouble`; a witness that is down is asked ever more seldom.
 */
export function startCosigning(options: {
  readonly log: CosignedLog;
  readonly addresses: AskedPolicy['addresses'];
  /** Changes of the log's key, for a witness that pinned an older one. */
  readonly rotations: () => Promise<readonly KeyRotation[]>;
  readonly nowMs: () => number;
  readonly onTrouble: (trouble: WitnessTrouble | 'failed', prefix: string, error?: unknown) => void;
}): Cosigning {
  const { log, nowMs, onTrouble } = options;
  const stations: Station[] = options.addresses.map(({ prefix, keys }) => ({
    ...{ prefix, keys },
    ...{ knownSize: 0, failures: 0, notBeforeMs: 0 },
  }));
  const stopping = new AbortController();
  const { signal } = stopping;

  async function ask(station: Station, note: string, size: number): Promise<string> {
    const { prefix, keys, knownSize: oldSize } = station;
    const question = { prefix, keys, oldSize, size, note, consistency: log.tree.consistency, signal };
    const answer = await askOrLead(question, options.rotations);
    if ('lines' in answer) {
      Object.assign(station, { knownSize: size, failures: 0 });
      return answer.lines;
    }
    station.failures += 1;
    station.notBeforeMs = nowMs() + Math.min(backoffMaxMs, roundMs * 2 ** Math.min(station.failures, 16));
    if (!signal.aborted) onTrouble(answer.trouble, prefix);
    return '';
  }

  /** All are asked about one head, since a quorum is counted over one. */
  async function round(): Promise<void> {
    const due = stations.filter(({ keys, notBeforeMs }) => nowMs() >= notBeforeMs && log.missing(keys).length > 0);
    if (due.length === 0 || log.gap() !== undefined) return;
    const [note, size] = [log.ownCheckpoint(), log.checkpointSize()];
    const lines = await Promise.all(due.map((station) => ask(station, note, size)));
    if (lines.some((line) => line !== '')) log.keep(note, lines.join(''));
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      try {
        await round();
      } catch (error) {
        onTrouble('failed', '', error);
      }
      await pause(signal);
    }
  }

  const done = loop();
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

/** Asks a witness; one that refuses may have pinned an older key of the log, and is asked again once it was led to the present one. */
async function askOrLead(
  question: Question,
  rotations: () => Promise<readonly KeyRotation[]>,
): ReturnType<typeof askWitness> {
  const first = await askWitness(question);
  const isStranger = 'trouble' in first && first.trouble === 'witness-refuses';
  return isStranger && (await introduceKey(question, await rotations())) ? askWitness(question) : first;
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, roundMs);
    signal.addEventListener('abort', end);
  });
}
