import { rmSync } from 'node:fs';
import { initPlatform, realSurroundings, type PlatformPlace } from '../../../server/boot/index.ts';
import { openDesk } from '../../../server/boot/open-desk.ts';
import type { Desk } from '../../../server/platform/index.ts';
import { must, testFolder } from './platform.ts';

/** The open desk of a new platform without a server, and a clock that a test turns. */
export type DeskWorld = {
  readonly directory: string;
  readonly place: PlatformPlace;
  readonly clock: { nowMs: number };
  readonly desk: Desk;
  readonly remove: () => Promise<void>;
};

export async function startDeskWorld(): Promise<DeskWorld> {
  const directory = testFolder();
  const clock = { nowMs: Date.now() };
  const place: PlatformPlace = { directory, surroundings: { ...realSurroundings, nowMs: () => clock.nowMs } };
  const about = { profile: 'demo', operatorName: '«Қорған» АҚ', url: 'https://127.0.0.1:7443' } as const;
  must(await initPlatform({ ...place, ...about }));
  const { desk, store } = must(await openDesk(place, 'demo'));
  const remove = async (): Promise<void> => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { directory, place, clock, desk, remove };
}
