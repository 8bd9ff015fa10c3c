import { parentPort, workerData } from 'node:worker_threads';
import pkcs11js from 'pkcs11js';
import * as z from 'zod';
import { assert } from '../../../core/kernel/index.ts';
import { loadLibrary } from './module.ts';
import { isPkcs11Error } from './refusals.ts';

/** After an event: lets a burst of them become one look, and keeps a module that reports without end from spinning. */
const afterEventMs = 50;
/** After an error, such as a reader service that is down: how long until the module is asked again. */
const afterErrorMs = 1_000;

/** What a watching thread is started with, and what it says. */
export const watchRequest = z.strictObject({ path: z.string() });
export const watchNotice = z.enum(['changed', 'without-events']);
export type WatchNotice = z.infer<typeof watchNotice>;

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * The body of a worker thread: waits inside the module for cards that come and go, and says `changed`; says `without-events`
 * and ends when the module cannot wait. The wait blocks the thread, which is why it has one, and ends with the process.
 */
export function watchSlots(): void {
  const port = parentPort;
  assert(port !== null, 'watch: runs in a worker thread');
  const tell = (notice: WatchNotice): void => port.postMessage(notice);
  const api = loadLibrary(watchRequest.parse(workerData).path);
  for (;;) {
    try {
      api.C_WaitForSlotEvent(0);
      tell('changed');
      pause(afterEventMs);
    } catch (error) {
      if (!isPkcs11Error(error)) throw error;
      if (error.code === pkcs11js.CKR_FUNCTION_NOT_SUPPORTED) return tell('without-events');
      pause(afterErrorMs);
    }
  }
}
