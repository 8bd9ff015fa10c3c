import { expect, test } from 'vitest';
import { startTestPlatform } from './support/platform.ts';
import { enrolled } from './support/workstation.ts';

test('a server lets in more devices at one moment than it has connections to its database', async () => {
  const platform = await startTestPlatform();
  try {
    const desks = await Promise.all(Array.from({ length: 40 }, () => enrolled(platform.server)));
    expect(new Set(desks.map(({ device }) => device)).size).toBe(40);
  } finally {
    await platform.remove();
  }
}, 60_000);
