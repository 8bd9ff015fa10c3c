import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRegistry, recordDocument } from '../../server/accounts/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { openDesk } from '../../server/boot/open-desk.ts';
import { openPlatformLog } from '../../server/boot/open-log.ts';
import type { Platform } from '../../server/platform/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';

let test_: TestPlatform;

beforeAll(async () => {
  test_ = await startTestPlatform();
  await test_.server.close();
});

afterAll(async () => {
  await test_.remove().catch(() => undefined);
});

test('a policy that comes into force by time is what signatures are judged by from that moment on', async () => {
  const { directory } = test_;
  let nowMs = Date.now();
  const surroundings = { ...realSurroundings, nowMs: () => nowMs };
  const opened = must(await openDesk({ directory, surroundings }, 'demo'));
  const { desk, store } = opened;
  const log = must(await openPlatformLog(directory, opened));
  const registry = await openRegistry({ ...desk, log });
  const before = registry.trust();
  const { policy } = registry.policy();
  const effectiveFromMs = nowMs + 60_000;
  const next = { ...policy, version: 2, effectiveFromMs, signatures: { ...policy.signatures, crlAgeMaxMs: 60_000 } };
  await recordDocument(desk, {
    kind: 'policy',
    subject: 'platform',
    version: 2,
    text: canonicalize(next as unknown as Json),
  });
  await log.sequence();
  await registry.refresh();
  nowMs = effectiveFromMs - 1;
  expect([registry.policy().policy.version, registry.trust()]).toEqual([1, before]);
  expect(registry.trust()).toBe(before);
  nowMs = effectiveFromMs;
  expect(registry.policy().policy.version).toBe(2);
  const after = registry.trust();
  expect(after.source.policy).toEqual(next);
  // Made once, so that what is judged meanwhile by it stays good.
  expect(registry.trust()).toBe(after);
  await registry.refresh();
  expect(registry.trust()).toBe(after);
  await log.close();
  await store.close();
});

test('a block that is read in the moment between its index and its leaf still counts once the leaf is there', async () => {
  const opened = must(await openDesk({ directory: test_.directory, surroundings: realSurroundings }, 'demo'));
  const { desk, store } = opened;
  const log = must(await openPlatformLog(test_.directory, opened));
  const sizeBefore = log.size();
  let isAppended = false;
  const platform: Platform = {
    ...desk,
    log: { ...log, size: () => (isAppended ? log.size() : sizeBefore) },
    witnesses: { threshold: 0, keys: [] },
  };
  const registry = await openRegistry(platform);
  const { iin } = test_.registrar;
  expect(registry.staff(iin)?.record.roles).toEqual(['registrar']);
  const { identity } = desk;
  const block = {
    form: 'qorgan.staff/1',
    platform: identity.platform,
    profile: identity.profile,
    iin,
    name: 'Серікова Айгүл',
    roles: [],
    certificates: [],
    validFromMs: 0,
    validUntilMs: 4_000_000_000_000,
    basis: 'Бұйрық № 2',
  };
  await recordDocument(desk, {
    kind: 'staff',
    subject: 'staff:block',
    version: Date.now(),
    text: canonicalize(block as Json),
  });
  await log.sequence();
  await registry.refresh();
  expect(registry.staff(iin)?.record.roles).toEqual(['registrar']);
  isAppended = true;
  await registry.refresh();
  expect(registry.staff(iin)?.record.roles).toEqual([]);
  expect(registry.rejected()).toBe(0);
  await log.close();
  await store.close();
});
