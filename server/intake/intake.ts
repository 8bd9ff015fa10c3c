import { InvariantError, ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { SignedDocument } from '../../core/signing/index.ts';
import type { ActItem, ActsResponse } from '../../contracts/http/index.ts';
import type { RegisteredDevice } from '../accounts/index.ts';
import { isConflict } from '../store/index.ts';
import { admit, type Admission, type IntakeContext } from './admission.ts';
import { processBatch, type BatchAnswer } from './batch.ts';
import { createMemory } from './case-store.ts';
import { promiseOf } from './promise.ts';

/** Acts that wait for a commit at most; at the rate of two cores that is under two seconds of work. */
const waitingMax = 4_096;
/** Acts of one transaction: large enough that the flush is shared, small enough that the first does not wait long. */
const commitMax = 256;
const attemptsMax = 3;
/** What a device that met a full queue is told to wait. */
export const busyRetryAfterSeconds = 1;

type Waiting = {
  readonly admission: Admission;
  readonly answer: (answer: BatchAnswer) => void;
  readonly fail: (error: unknown) => void;
};

/** Takes acts in. */
export type Intake = {
  /**
   * Checks, decides and stores the acts of one request; durable on return, with a signed promise for each that was kept.
   * `server-busy`: nothing was taken. `server-read-only`: the log lost its database, nothing is accepted.
   */
  readonly submit: (
    device: RegisteredDevice,
    items: readonly ActItem[],
  ) => Promise<Result<ActsResponse['results'], 'server-busy' | 'server-read-only'>>;
  /** Acts waiting for a commit. */
  readonly waiting: () => number;
  /** Ends when all that was taken is committed. */
  readonly close: () => Promise<void>;
};

/** Commits what waits in batches, one after the other; the order of arrival is the order of decision. */
function createCommitQueue(context: IntakeContext, onStored: () => void) {
  const memory = createMemory();
  const queue: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function commit(batch: readonly Waiting[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const admissions = batch.map(({ admission }) => admission);
        const answers = await processBatch(context, memory, admissions);
        onStored();
        for (const [i, { answer, fail }] of batch.entries()) {
          const own = answers[i];
          if (own === undefined) fail(new InvariantError('intake: every act of a batch has an answer'));
          else answer(own);
        }
        return;
      } catch (error) {
        memory.forget();
        if (isConflict(error) && attempt < attemptsMax) continue;
        for (const { fail } of batch) fail(error);
        return;
      }
    }
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) await commit(queue.splice(0, commitMax));
    running = undefined;
  }

  return {
    enqueue: (admission: Admission): Promise<BatchAnswer> =>
      new Promise((answer, fail) => {
        queue.push({ admission, answer, fail });
        // One turn of the loop gathers what other connections bring meanwhile.
        running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(drain);
      }),
    waiting: () => queue.length,
    settled: async (): Promise<void> => {
      while (running !== undefined) await running;
    },
  };
}

/** Opens the intake; `onStored` is told after each commit that put leaves into the queue of the log. */
export function openIntake(context: IntakeContext, onStored: () => void): Intake {
  const queue = createCommitQueue(context, onStored);

  async function take(device: RegisteredDevice, item: ActItem): Promise<ActsResponse['results'][number]> {
    const { actionId } = item;
    const admission = admit(context, device, item);
    if (!admission.ok) return { actionId, refusal: admission.refusal };
    const answer = await queue.enqueue(admission.value);
    if (!answer.ok) return { actionId, refusal: answer.refusal };
    return { actionId, promise: mutable(await promiseOf(context.platform, answer.value)) };
  }

  return {
    submit: async (device, items) => {
      if (context.platform.log.gap() !== undefined) return refuse('server-read-only');
      if (queue.waiting() + items.length > waitingMax) {
        return refuse('server-busy', { retryAfterSeconds: busyRetryAfterSeconds });
      }
      return ok(await Promise.all(items.map((item) => take(device, item))));
    },
    waiting: queue.waiting,
    close: queue.settled,
  };
}

function mutable({ document, signatures }: SignedDocument): {
  document: string;
  signatures: { key: string; signature: string }[];
} {
  return { document, signatures: signatures.map((one) => ({ ...one })) };
}
