import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { toBase64, type JournalEpoch, type Sha256Hex } from '../../core/kernel/index.ts';
import type { NewEntry } from '../../contracts/vault-host/index.ts';
import { contentDigest, enrolmentProofText, signatureBase } from '../../contracts/http/index.ts';
import { sha256, verifyEd25519 } from '../../native/vault-host/hash.ts';
import { enrolledVault, nextSubmission, passphraseKey, submitCases, TestVault, utf8, type Enrolled } from './vault.ts';
import { startMs, TestPlatform } from './platform.ts';

let enrolled: Enrolled;
const others: TestVault[] = [];
afterEach(() => {
  enrolled.vault.dispose();
  for (const vault of others.splice(0)) vault.dispose();
});

async function heldBy(vault: TestVault) {
  const { epoch, acts, entries } = await vault.must('heads', null);
  return { epoch, acts, entries };
}

type Held = Awaited<ReturnType<typeof heldBy>>;

/** The contact with a server that holds this much, and signs it. */
function check(vault: TestVault, held: Held, atMs = startMs, statement = enrolled.platform.statement(stated(held))) {
  return vault.code('contact.check', { held, statement, atMs });
}

function stated({ epoch, acts, entries }: Held, entriesBefore = entries) {
  return { epoch, acts, entries, entriesBefore };
}

describe('a contact', () => {
  it('is fine with everything that the journal once said', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const early = await heldBy(vault);
    await submitCases(vault, 3);
    for (const held of [early, await heldBy(vault)]) expect(await check(vault, held, startMs)).toBe('done');
    expect(await vault.must('vault.status', null)).toMatchObject({ quarantine: null });
  });

  it('finds a journal that was put back from a copy, and keeps it from acting for good', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    await submitCases(vault, 2);
    await vault.must('vault.close', null);
    const copy = mkdtempSync(join(tmpdir(), 'qorgan-copy-'));
    cpSync(vault.directory, copy, { recursive: true });
    await vault.must('vault.open', passphraseKey(slotId));
    await submitCases(vault, 1, 3);
    const held = await heldBy(vault);
    await vault.must('vault.close', null);
    rmSync(vault.directory, { recursive: true });
    cpSync(copy, vault.directory, { recursive: true });
    rmSync(copy, { recursive: true });
    await vault.must('vault.open', passphraseKey(slotId));
    const act = await nextSubmission(vault, 9);
    expect(await check(vault, held, startMs + 10)).toBe('journal-rolled-back');
    expect(await vault.code('acts.append', { envelope: act.envelope, cms: act.cms, atMs: startMs + 11 })).toBe(
      'vault-quarantined',
    );
    await vault.must('vault.close', null);
    await vault.must('vault.open', passphraseKey(slotId));
    expect(await vault.code('acts.next', { nowMs: startMs + 12 })).toBe('vault-quarantined');
    expect(await vault.must('vault.status', null)).toMatchObject({ quarantine: 'journal-rolled-back' });
    expect(await vault.must('journal.check', null)).toMatchObject({ acts: 2 });
  });

  it('finds the second of two journals that live on from one copy', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    await submitCases(vault, 1);
    await vault.must('vault.close', null);
    const directory = mkdtempSync(join(tmpdir(), 'qorgan-clone-'));
    cpSync(vault.directory, directory, { recursive: true });
    const clone = new TestVault({ directory });
    others.push(clone);
    await clone.must('vault.open', passphraseKey(slotId));
    await vault.must('vault.open', passphraseKey(slotId));
    await submitCases(vault, 1, 2);
    await submitCases(clone, 1, 3);
    const held = await heldBy(vault);
    expect(await check(vault, held, startMs + 10)).toBe('done');
    expect(await check(clone, held, startMs + 10)).toBe('journal-diverged');
  });

  it('finds entries that were lost, even where no act was', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const held = await heldBy(vault);
    const entries = { sequence: held.entries.sequence + 1, hash: 'd'.repeat(64) as Sha256Hex };
    expect(await check(vault, { ...held, entries })).toBe('journal-rolled-back');
  });

  it('finds another life of the same device', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    const held = { ...(await heldBy(vault)), epoch: '00000000-0000-4000-8000-000000000000' as JournalEpoch };
    expect(await check(vault, held, startMs)).toBe('journal-epoch-unknown');
  });
});

describe('a statement that the key of the log was stolen', () => {
  it('stops the journal for good: nothing of the log is believed, no act recorded, and no proof explains it', async () => {
    enrolled = await enrolledVault();
    const { vault, platform, epoch, slotId } = enrolled;
    const [act] = await submitCases(vault, 1);
    if (act === undefined) throw new Error('an act');
    const receipt = platform.receipt(platform.take(act, epoch));
    const next = await nextSubmission(vault, 9);
    for (let times = 0; times < 2; times += 1)
      await vault.must('log.compromised', { statement: platform.compromise(), atMs: startMs + 20 });
    const { items } = await vault.must('entries.list', { before: null, limit: 9, kinds: ['alarm'] });
    expect(items.map(({ body }) => JSON.parse(body) as object)).toEqual([
      { code: 'log-compromised', statement: platform.compromise() },
    ]);
    await vault.must('vault.close', null);
    await vault.must('vault.open', passphraseKey(slotId));
    expect(await vault.must('vault.status', null)).toMatchObject({
      quarantine: 'log-compromised',
      standing: [{ code: 'log-compromised' }],
    });
    const atMs = startMs + 30;
    const append = (entry: NewEntry) => vault.code('entries.append', { entry, atMs });
    const alarm = (code: string) =>
      append({ kind: 'alarm', body: { code, details: { entry: items[0]?.sequence ?? 0 } } });
    const codes = [
      await append({ kind: 'receipt', body: { actionId: act.actionId, proof: receipt } }),
      await append({ kind: 'checkpoint', body: { note: platform.checkpoint() } }),
      await vault.code('log.cosign', { note: platform.checkpoint(), hashes: [], atMs }),
      await check(vault, await heldBy(vault)),
      await vault.code('acts.next', { nowMs: atMs }),
      await vault.code('acts.append', { envelope: next.envelope, cms: next.cms, atMs }),
      await alarm('alarm-explained'),
      await alarm('log-compromised'),
    ];
    expect(codes).toEqual([
      ...['log-distrusted', 'log-distrusted', 'log-distrusted', 'log-compromised'],
      ...['vault-quarantined', 'vault-quarantined', 'entry-malformed', 'entry-malformed'],
    ]);
    // To have read it is not to have it gone.
    expect(await alarm('alarm-acknowledged')).toBe('done');
    expect((await vault.must('vault.status', null)).standing).toHaveLength(1);
    expect(await vault.must('journal.check', null)).toMatchObject({ acts: 1 });
  });

  it('is believed by the platform key alone, and about this log alone', async () => {
    enrolled = await enrolledVault();
    const { vault, platform } = enrolled;
    for (const statement of [platform.compromise('log'), new TestPlatform().compromise()])
      expect(await vault.code('log.compromised', { statement, atMs: startMs })).toBe('log-compromise-invalid');
    expect(await vault.must('vault.status', null)).toMatchObject({ quarantine: null, standing: [] });
  });
});

describe('what the server signs at a contact', () => {
  const statements = (vault: TestVault) =>
    vault.must('entries.list', { before: null, limit: 10, kinds: ['contact'] }).then(({ items }) => items);

  it('is kept in the journal when it says something new, and the check of the journal verifies it', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    for (const atMs of [startMs, startMs + 1_000]) expect(await check(vault, await heldBy(vault), atMs)).toBe('done');
    expect(await statements(vault)).toHaveLength(1);
    await submitCases(vault, 1);
    expect(await check(vault, await heldBy(vault), startMs + 2_000)).toBe('done');
    expect(await check(vault, await heldBy(vault), startMs + 700_000)).toBe('done');
    expect(await statements(vault)).toHaveLength(3);
    expect((await vault.must('journal.check', null)).acts).toBe(1);
  });

  it('counts only with the signature of the platform, for this journal and as it was signed', async () => {
    enrolled = await enrolledVault();
    const { vault, platform } = enrolled;
    const held = await heldBy(vault);
    const good = platform.statement(stated(held));
    const edited = { ...good, document: good.document.replace('"atMs":', '"atMs":1') };
    const others = new TestPlatform().statement(stated(held));
    for (const statement of [edited, others])
      expect(await check(vault, held, startMs, statement)).toBe('statement-invalid');
    expect(await statements(vault)).toEqual([]);
  });

  it('finds a vault that was rolled back behind what was signed, whatever the server says besides, and keeps the proof', async () => {
    enrolled = await enrolledVault();
    const { vault, platform } = enrolled;
    const held = await heldBy(vault);
    const entries = { sequence: held.entries.sequence + 3, hash: 'e'.repeat(64) as Sha256Hex };
    const statement = platform.statement(stated({ ...held, entries }));
    expect(await check(vault, held, startMs, statement)).toBe('journal-rolled-back');
    const { items } = await vault.must('entries.list', { before: null, limit: 1, kinds: ['alarm'] });
    expect(JSON.parse(items[0]?.body ?? '')).toMatchObject({ code: 'journal-rolled-back', statement });
  });

  it('is held against a server that knows less than it signed', async () => {
    enrolled = await enrolledVault();
    const { vault, platform } = enrolled;
    const early = await heldBy(vault);
    await submitCases(vault, 1);
    const held = await heldBy(vault);
    expect(await check(vault, held, startMs + 10)).toBe('done');
    const again = await heldBy(vault);
    const forgetful = platform.statement(stated(again, early.entries));
    expect(await check(vault, early, startMs + 20, forgetful)).toBe('statement-forgotten');
    expect(await vault.must('vault.status', null)).toMatchObject({ quarantine: null });
  });
});

describe('the device key', () => {
  const request = { method: 'POST', path: '/v1/contacts', query: '?', contentDigest: contentDigest(sha256, '{}') };

  it('signs requests of its device and nothing else', async () => {
    enrolled = await enrolledVault();
    const { vault, platform } = enrolled;
    const publicKey = (await vault.must('vault.status', null)).devicePublicKey ?? new Uint8Array();
    const parameters = {
      createdSeconds: startMs / 1_000,
      nonce: toBase64(new Uint8Array(16)),
      device: platform.device,
    };
    const texts = [
      signatureBase(request, parameters),
      signatureBase({ ...request, covered: { authorization: 'Bearer abc' } }, parameters),
      signatureBase({ ...request, method: 'PATCH', covered: { 'upload-offset': '65536' } }, parameters),
      signatureBase(
        { ...request, covered: { 'upload-length': '9', 'upload-metadata': `descriptor ${'A'.repeat(4_000)}` } },
        parameters,
      ),
    ];
    for (const text of texts) {
      const { signature } = await vault.must('device.sign', { message: utf8(text) });
      expect(verifyEd25519(publicKey, text, signature)).toBe(true);
    }
    const base = texts[0] ?? '';
    const foreign = [
      signatureBase(request, { ...parameters, device: new TestPlatform().device }),
      `${base}\n`,
      `x${base}`,
      base.replace('"@path"', '"@pathx"'),
      base.replace('POST', 'POST\n"@path": /v1/other'),
      (texts[2] ?? '').replace('65536', '65536x'),
      (texts[2] ?? '').replace('PATCH', 'PUT'),
      '{"form":"qorgan.act/1"}',
      'qorgan.saraptama\n1\nAAAA\n',
      '',
    ];
    for (const text of foreign)
      expect(await vault.code('device.sign', { message: utf8(text) })).toBe('device-message-foreign');
  });

  it('signs the proof of its own enrolment before there is a device, and never again', async () => {
    const vault = new TestVault();
    others.push(vault);
    const { devicePublicKey, epoch } = await vault.must('vault.create', {
      profile: 'demo',
      slots: [{ kind: 'passphrase', label: 'A', passphrase: utf8('x') }],
      nowMs: startMs,
    });
    const text = enrolmentProofText({
      code: 'ABCD-EFGH-1234-5678-90AB-CDEF',
      publicKey: toBase64(devicePublicKey),
      epoch,
    });
    const { signature } = await vault.must('device.sign', { message: utf8(text) });
    expect(verifyEd25519(devicePublicKey, text, signature)).toBe(true);
    expect(
      await vault.code('device.sign', { message: utf8(text.replace(epoch, '00000000-0000-4000-8000-000000000000')) }),
    ).toBe('device-message-foreign');
    enrolled = await enrolledVault();
    expect(await enrolled.vault.code('device.sign', { message: utf8(text) })).toBe('device-message-foreign');
  });
});

describe('binding', () => {
  async function created(profile: 'demo' | 'production' = 'demo') {
    const vault = new TestVault();
    others.push(vault);
    const made = await vault.must('vault.create', {
      profile,
      slots: [{ kind: 'passphrase', label: 'A', passphrase: utf8('x') }],
      nowMs: startMs,
    });
    return { vault, publicKey: made.devicePublicKey, epoch: made.epoch };
  }
  const plain = (document: { document: string; signatures: readonly { key: string; signature: string }[] }) => ({
    document: document.document,
    signatures: [...document.signatures],
  });

  it('refuses bundles that are forged, of another vault or of another profile', async () => {
    enrolled = await enrolledVault();
    const { vault, publicKey, epoch } = await created();
    const platform = new TestPlatform();
    const good = plain(platform.bundle({ publicKey, epoch }));
    const bind = (bundle: typeof good) => vault.code('vault.bind', { bundle, nowMs: startMs });
    expect(await bind({ ...good, document: good.document.replace('Сараптама', 'Өзге') })).toBe(
      'document-signature-invalid',
    );
    expect(await bind({ ...good, document: `${good.document} ` })).toBe('bundle-malformed');
    expect(await bind(plain(platform.bundle({ publicKey: new Uint8Array(32), epoch })))).toBe('bundle-foreign');
    expect(await bind(plain(platform.bundle({ publicKey, epoch }, { profile: 'production' })))).toBe('bundle-foreign');
    expect(await bind(plain(new TestPlatform('production').bundle({ publicKey, epoch })))).toBe('profile-differs');
    expect(await vault.code('acts.next', { nowMs: startMs })).toBe('vault-not-bound');
    expect(await bind(good)).toBe('done');
    expect(await bind(good)).toBe('done');
    expect(await bind(plain(new TestPlatform().bundle({ publicKey, epoch })))).toBe('vault-bound');
  });

  it('keeps the demonstration out of a vault of production', async () => {
    enrolled = await enrolledVault();
    const { vault, publicKey, epoch } = await created('production');
    const bundle = plain(new TestPlatform('demo').bundle({ publicKey, epoch }));
    expect(await vault.code('vault.bind', { bundle, nowMs: startMs })).toBe('profile-differs');
  });
});
