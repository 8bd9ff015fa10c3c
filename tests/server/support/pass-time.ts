import { vi } from 'vitest';
import { publishLists, type FoundedPlatform } from './founded.ts';

/** Lets every clock of this process go on by so much (`Date` is played): authorities publish anew, and the server goes by it on return. */
export async function passTime(platform: FoundedPlatform, ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms);
  await publishLists(platform);
}
