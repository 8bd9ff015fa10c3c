import { InvariantError, ok, refuse, type Iin, type Result } from '../../core/kernel/index.ts';
import { wireDocument } from '../../contracts/documents/index.ts';
import type { ActsResponse } from '../../contracts/http/index.ts';
import { lacksPassword, type RegisteredDevice } from '../accounts/index.ts';
import type { CheckedAct, CheckedActs } from '../checks/index.ts';
import { isConflict } from '../store/index.ts';
import { admit, type Admission, type IntakeContext } from './admission.ts';
import { processBatch, type BatchAnswer } from './batch.ts';
import { createMemory, RowDiffersError } from './case-store.ts';
import { watchIdleSigners } from './idle-signers.ts';
import { createReleases } from './releases.ts';
import type { Replay } from './replay.ts';
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
   * Decides and stores the acts of one request; durable on return, with a signed promise for each that was kept.
   * `server-busy`: nothing was taken, because too much waits, or because whom to trust has changed since the acts were
   * checked. `server-read-only`: the log lost its database, or a table says something else than the log; nothing is accepted.
   */
  readonly submit: (
    device: RegisteredDevice,
    checked: CheckedActs,
  ) => Promise<Result<ActsResponse['results'], 'server-busy' | 'server-read-only'>>;
  /** Receives again what two people let in since the last call; does nothing where nothing waits. Throws where the database fails. */
  readonly receiveReleased: () => Promise<void>;
  /** False from the moment on which a row was found that says something else than the log. */
  readonly isSound: () => boolean;
  /** Acts waiting for a commit. */
  readonly waiting: () => number;
  /** Ends when all that was taken is committed. */
  readonly close: () => Promise<void>;
};

export type IntakeOptions = {
  readonly replay: Pick<Replay, 'findingCount' | 'register'>;
  /** Told after each commit that put leaves into the queue of the log. */
  readonly onStored: () => void;
  /** Told of the row that ended the intake. */
  readonly onDiffers: (error: Error) => void;
};

/** Commits what waits in batches, one after the other; the order of arrival is the order of decision. */
function createCommitQueue(context: IntakeContext, { replay, onStored, onDiffers }: IntakeOptions) {
  const memory = createMemory(replay.register);
  let isSound = replay.findingCount === 0;
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
        if (error instanceof RowDiffersError) {
          isSound = false;
          onDiffers(error);
        }
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
    isSound: () => isSound,
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

/** True for an act that would be accepted but for a fresh password, which the policy wants of its person before this type of act. */
async function isHeld(context: IntakeContext, { verdict, device, receivedAtMs }: Admission): Promise<boolean> {
  if (!verdict.ok) return false;
  const { envelope, actor } = verdict.value;
  return lacksPassword(context, { iin: actor.iin, device: device.record.device, type: envelope.type, receivedAtMs });
}

/** Opens the intake on what the replay found: where it found anything, nothing is taken. */
export function openIntake(context: IntakeContext, options: IntakeOptions): Intake {
  const queue = createCommitQueue(context, options);
  const idleSigners = watchIdleSigners(context);
  const receiveReleased = createReleases(context, queue);

  type At = { readonly receivedAtMs: number; readonly idle: ReadonlySet<Iin> };

  async function judge(device: RegisteredDevice, act: CheckedAct, at: At) {
    const { actionId } = act.item;
    const admission = admit(context, { device, act, ...at });
    if (!admission.ok) return { actionId, refusal: admission.refusal };
    // Nothing is kept of it: the desk sends it again once its person has entered the password.
    const isWaiting = await isHeld(context, admission.value);
    return isWaiting ? { actionId, refusal: { code: 'step-up-missing' } } : { actionId, admission: admission.value };
  }

  async function take(one: Awaited<ReturnType<typeof judge>>): Promise<ActsResponse['results'][number]> {
    if (!('admission' in one)) return one;
    const { actionId, admission } = one;
    const answer = await queue.enqueue(admission);
    if (!answer.ok) return { actionId, refusal: answer.refusal };
    return { actionId, promise: wireDocument(await promiseOf(context.platform, answer.value)) };
  }

  return {
    submit: async (device, { acts, receivedAtMs, trust }) => {
      const idle = await idleSigners(acts);
      if (context.platform.log.gap() !== undefined || !queue.isSound()) return refuse('server-read-only');
      if (queue.waiting() + acts.length > waitingMax || trust !== context.registry.trust()) {
        return refuse('server-busy', { retryAfterSeconds: busyRetryAfterSeconds });
      }
      try {
        const judged = await Promise.all(acts.map((act) => judge(device, act, { receivedAtMs, idle })));
        // Only now: an act that took longer to judge than the next one stands before it all the same.
        return ok(await Promise.all(judged.map(take)));
      } catch (error) {
        if (error instanceof RowDiffersError) return refuse('server-read-only');
        throw error;
      }
    },
    receiveReleased: async () => {
      if (context.platform.log.gap() === undefined && queue.isSound()) await receiveReleased();
    },
    isSound: queue.isSound,
    waiting: queue.waiting,
    close: queue.settled,
  };
}
