import { refuse, type Result } from '../../core/kernel/index.ts';

/** What does at most so much of a device at once. */
export type AtOnce = <T, Code extends string>(
  device: string,
  work: () => Promise<Result<T, Code>>,
) => Promise<Result<T, Code | 'too-many-requests'>>;

/** Runs the work of each device at most `max` times at once; what comes beyond is refused `too-many-requests` unbegun. */
export function createAtOnce(max: number): AtOnce {
  const running = new Map<string, number>();
  return async (device, work) => {
    const now = running.get(device) ?? 0;
    if (now >= max) return refuse('too-many-requests', { retryAfterSeconds: 1 });
    running.set(device, now + 1);
    try {
      return await work();
    } finally {
      const left = (running.get(device) ?? 1) - 1;
      if (left === 0) running.delete(device);
      else running.set(device, left);
    }
  };
}
