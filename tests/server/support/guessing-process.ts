import { attemptRulesDefault } from '../../../core/access/index.ts';
import type { DeviceId } from '../../../core/kernel/index.ts';
import { beginAttempt, type Registry } from '../../../server/accounts/index.ts';
import { realSurroundings } from '../../../server/boot/index.ts';
import { openDesk } from '../../../server/boot/open-desk.ts';
import type { Platform } from '../../../server/platform/index.ts';

/** Guesses as one server of the platform in this folder would count them: three at once, by one card at one desk, at one moment. */
export async function guessIn(directory: string, count: number, nowMs: number): Promise<void> {
  const opened = await openDesk({ directory, surroundings: { ...realSurroundings, nowMs: () => nowMs } }, 'demo');
  if (!opened.ok) throw new Error(opened.refusal.code);
  const { desk, store } = opened.value;
  const registry = { policy: () => ({ policy: { attempts: attemptRulesDefault } }) } as unknown as Registry;
  const place = { person: 'somebody', holding: 'his card', device: 'his desk' as DeviceId, address: '10.0.0.1' };
  const guess = async (): Promise<void> =>
    (await beginAttempt({ platform: desk as Platform, registry }, place)).failed();
  for (let round = 0; round < count; round += 1) await Promise.all([guess(), guess(), guess()]);
  await store.close();
}

const [directory, count, nowMs] = process.argv.slice(2);
if (import.meta.filename === process.argv[1] && directory !== undefined)
  await guessIn(directory, Number(count), Number(nowMs));
