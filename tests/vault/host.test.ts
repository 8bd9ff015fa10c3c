import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { realTimers, hostEnvironment, superviseHost } from '../../main/hosts/index.ts';
import { vaultHost } from '../../contracts/vault-host/index.ts';
import { caseHashStart } from '../../core/signing/index.ts';
import { actOf, formOf, newCaseId } from './acts.ts';
import { passphrase, passphraseKey, utf8 } from './vault.ts';
import { startMs, TestPlatform } from './platform.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function start(directory: string) {
  const host = superviseHost({
    contract: vaultHost,
    nodeFile: process.execPath,
    file: resolve(import.meta.dirname, '../../native/vault-host/boot.ts'),
    environment: hostEnvironment(process.env),
    configuration: () => ({ directory }),
    timers: realTimers,
    jitter: () => 0.5,
    newIncidentId: randomUUID,
    log: () => undefined,
    limits: { restartDelayFirstMs: 10, restartDelayMaxMs: 50 },
  });
  closing.push(() => host.close());
  return host;
}

describe('the vault host', () => {
  it('loses nothing that it answered when it is killed, and records nothing twice', { timeout: 60_000 }, async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'qorgan-host-')), 'vault');
    closing.push(async () => rmSync(resolve(directory, '..'), { recursive: true, force: true }));
    const host = start(directory);
    const created = await host.call('vault.create', {
      profile: 'demo',
      slots: [{ kind: 'passphrase', label: 'A', passphrase: utf8(passphrase) }],
      nowMs: startMs,
    });
    if (!created.ok) throw new Error(created.refusal.code);
    const bundle = new TestPlatform().bundle({ publicKey: created.value.devicePublicKey, epoch: created.value.epoch });
    await host.call('vault.bind', {
      bundle: { document: bundle.document, signatures: [...bundle.signatures] },
      nowMs: startMs,
    });
    const slotId = created.value.slots[0]?.id ?? '';
    for (let n = 1; n <= 3; n += 1) {
      const next = await host.call('acts.next', { nowMs: startMs });
      if (!next.ok) throw new Error(next.refusal.code);
      const subject = { caseId: newCaseId(), revision: 0, hash: caseHashStart };
      const act = actOf({
        next: next.value,
        type: 'registration.submit',
        payload: { form: formOf(n) },
        ...subject,
        atMs: startMs,
      });
      const input = { envelope: act.envelope, cms: act.cms, atMs: startMs };
      const first = await host.call('acts.append', input);
      host.kill();
      expect((await host.call('heads', null)).ok).toBe(false);
      expect(await host.call('vault.open', passphraseKey(slotId))).toMatchObject({ ok: true, value: { acts: n } });
      expect(await host.call('acts.append', input)).toEqual(first);
    }
  });
});
