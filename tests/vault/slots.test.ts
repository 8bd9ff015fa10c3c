import {
  constants,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  privateDecrypt,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { readFileSync, writeFileSync, copyFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { VaultOutput } from '../../contracts/vault-host/index.ts';
import { enrolledVault, passphrase, passphraseKey, submitCases, utf8, type Enrolled, type TestVault } from './vault.ts';
import { marker } from './acts.ts';
import { startMs } from './platform.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

const certificate = 'c'.repeat(64);
const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => Uint8Array.from(buffer);

/** What a card makes of a challenge: RSA-OAEP decryption or ECDH, by a key pair of the test. */
function cardAnswer(challenge: VaultOutput<'vault.slotChallenge'>, pkcs8: Buffer): Uint8Array<ArrayBuffer> {
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  if (challenge.mechanism === 'rsa-oaep') {
    return bytes(
      privateDecrypt(
        { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: challenge.oaepHash },
        challenge.ciphertext,
      ),
    );
  }
  const size = (challenge.point.length - 1) / 2;
  const [x, y] = [challenge.point.slice(1, 1 + size), challenge.point.slice(1 + size)].map((part) =>
    Buffer.from(part).toString('base64url'),
  );
  const publicKey = createPublicKey({
    key: { kty: 'EC', crv: challenge.curve, x: x ?? '', y: y ?? '' },
    format: 'jwk',
  });
  return bytes(diffieHellman({ privateKey: key, publicKey }));
}

function der(pair: KeyPairKeyObjectResult) {
  return {
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }),
    privateKey: pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
  };
}

function newCard(type: 'rsa' | 'P-256' | 'P-384') {
  return der(
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : generateKeyPairSync('ec', { namedCurve: type }),
  );
}

async function addCard(vault: TestVault, type: 'rsa' | 'P-256' | 'P-384', oaepHash: 'sha1' | 'sha256' = 'sha1') {
  const card = newCard(type);
  const slot = {
    kind: 'card',
    label: 'B',
    certificate,
    publicKey: bytes(card.publicKey),
    oaepHash,
    password: utf8('password'),
  } as const;
  return { card, slot: await vault.must('slots.add', { slot, nowMs: startMs }) };
}

describe('slots', () => {
  it.each([
    ['rsa', 'sha1'],
    ['rsa', 'sha256'],
    ['P-256', 'sha1'],
    ['P-384', 'sha1'],
  ] as const)('open by a card with a %s key (%s) and its password, and by neither alone', async (type, oaepHash) => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    await submitCases(vault, 2);
    const { card, slot } = await addCard(vault, type, oaepHash);
    expect(slot).toMatchObject({ kind: 'card', certificate, version: 1 });
    await vault.must('vault.close', null);
    const cardSecret = cardAnswer(await vault.must('vault.slotChallenge', { slotId: slot.id }), card.privateKey);
    const key = { kind: 'card', slotId: slot.id, cardSecret, password: utf8('password') } as const;
    expect(await vault.code('vault.open', { ...key, password: utf8('Password') })).toBe('slot-key-wrong');
    expect(await vault.code('vault.open', { ...key, cardSecret: bytes(Buffer.alloc(32)) })).toBe('slot-key-wrong');
    expect(await vault.code('vault.open', { ...passphraseKey(slot.id, 'password') })).toBe('slot-kind-differs');
    expect(await vault.must('vault.open', key)).toMatchObject({ acts: 2 });
  });

  it.each(['x25519', 'rsa'] as const)(
    'open by a recovery officer with an %s key, also after rotation without him',
    async (type) => {
      enrolled = await enrolledVault();
      const { vault, slotId } = enrolled;
      const officer = der(
        type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 3_072 }) : generateKeyPairSync('x25519'),
      );
      const slot = await vault.must('slots.add', {
        slot: { kind: 'recovery', label: 'R', publicKey: bytes(officer.publicKey) },
        nowMs: startMs,
      });
      await vault.must('slots.rotate', { nowMs: startMs });
      await vault.must('vault.close', null);
      expect(await vault.code('vault.open', { kind: 'recovery', slotId: slot.id, privateKey: utf8('no key') })).toBe(
        'slot-key-wrong',
      );
      expect(await vault.code('vault.open', { kind: 'recovery', slotId, privateKey: bytes(officer.privateKey) })).toBe(
        'slot-kind-differs',
      );
      await vault.must('vault.open', { kind: 'recovery', slotId: slot.id, privateKey: bytes(officer.privateKey) });
    },
  );

  it('refuse keys that are too short or of no use', async () => {
    enrolled = await enrolledVault();
    const weak = der(generateKeyPairSync('rsa', { modulusLength: 1_024 }));
    for (const publicKey of [bytes(weak.publicKey), bytes(Buffer.alloc(44, 7))]) {
      expect(
        await enrolled.vault.code('slots.add', { slot: { kind: 'recovery', label: 'R', publicKey }, nowMs: startMs }),
      ).toBe('slot-key-unsupported');
    }
  });

  it('take a new password by the old one, and the old one no more', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    const change = { kind: 'passphrase', slotId, nowMs: startMs, newPassphrase: utf8('жаңа құпия') } as const;
    expect(await vault.code('slots.rewrap', { ...change, passphrase: utf8('wrong') })).toBe('slot-key-wrong');
    expect(await vault.must('slots.rewrap', { ...change, passphrase: utf8(passphrase) })).toMatchObject({ version: 2 });
    await vault.must('vault.close', null);
    expect(await vault.code('vault.open', passphraseKey(slotId))).toBe('slot-key-wrong');
    await vault.must('vault.open', passphraseKey(slotId, 'жаңа құпия'));
  });

  it('are removed with a new data key, and the last one stays', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    expect(await vault.code('slots.remove', { slotId, nowMs: startMs })).toBe('slot-last');
    const added = await vault.must('slots.add', {
      slot: { kind: 'passphrase', label: 'C', passphrase: utf8('other') },
      nowMs: startMs,
    });
    const before = readFileSync(join(vault.directory, 'journal.slots'));
    await vault.must('slots.remove', { slotId: added.id, nowMs: startMs });
    await submitCases(vault, 1);
    await vault.must('vault.close', null);
    expect(await vault.code('vault.open', passphraseKey(added.id, 'other'))).toBe('slot-absent');
    const now = readFileSync(join(vault.directory, 'journal.slots'));
    writeFileSync(join(vault.directory, 'journal.slots'), before);
    expect(await vault.code('vault.open', passphraseKey(added.id, 'other'))).toBe('journal-damaged');
    writeFileSync(join(vault.directory, 'journal.slots'), now);
    expect(await vault.must('vault.open', passphraseKey(slotId))).toMatchObject({ acts: 1 });
  });

  it('of an older file are refused by the journal', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    const file = join(vault.directory, 'journal.slots');
    copyFileSync(file, `${file}.old`);
    const change = {
      kind: 'passphrase',
      slotId,
      nowMs: startMs,
      passphrase: utf8(passphrase),
      newPassphrase: utf8('new'),
    } as const;
    await vault.must('slots.rewrap', change);
    await vault.must('vault.close', null);
    copyFileSync(`${file}.old`, file);
    expect(await vault.code('vault.open', passphraseKey(slotId))).toBe('slots-rolled-back');
  });
});

describe('journal.slots', () => {
  it('never opens wrongly after any flipped bit of any byte', async () => {
    enrolled = await enrolledVault();
    const { vault, slotId } = enrolled;
    await submitCases(vault, 1);
    await vault.must('vault.close', null);
    const file = join(vault.directory, 'journal.slots');
    const whole = readFileSync(file);
    const counts = new Map<string, number>();
    for (let at = 0; at < whole.length; at += 1) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(file, flipped);
      const code = await vault.code('vault.open', passphraseKey(slotId));
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    expect(counts.has('done')).toBe(false);
    expect([...counts.keys()].toSorted()).toEqual([
      'slot-absent',
      'slot-key-wrong',
      'slots-malformed',
      'slots-tampered',
    ]);
    writeFileSync(file, whole);
    await vault.must('vault.open', passphraseKey(slotId));
  });

  it('lets nobody put in a slot of his own', async () => {
    enrolled = await enrolledVault();
    const stranger = await enrolledVault();
    try {
      const { vault, slotId } = enrolled;
      await vault.must('vault.close', null);
      const file = join(vault.directory, 'journal.slots');
      const own = JSON.parse(readFileSync(file, 'utf8')) as {
        body: { slots: unknown[]; generations: { sealed: unknown[] }[] };
      };
      const other = JSON.parse(readFileSync(join(stranger.vault.directory, 'journal.slots'), 'utf8')) as typeof own;
      own.body.slots.push(other.body.slots[0]);
      own.body.generations[0]?.sealed.push(other.body.generations[0]?.sealed[0]);
      writeFileSync(file, JSON.stringify(own));
      expect(await vault.code('vault.open', passphraseKey(slotId))).toBe('slots-tampered');
      expect(await vault.code('vault.open', passphraseKey(stranger.slotId))).toBe('slots-tampered');
    } finally {
      stranger.vault.dispose();
    }
  });
});

describe('the folder of a vault', () => {
  it('belongs to its owner, has no readable header and holds no text of a case, its WAL included', async () => {
    enrolled = await enrolledVault();
    const { vault } = enrolled;
    await submitCases(vault, 30);
    await vault.must('slots.rotate', { nowMs: startMs });
    await submitCases(vault, 30, 31);
    const files = readdirSync(vault.directory).toSorted();
    expect(files).toEqual(['journal.db', 'journal.db-wal', 'journal.slots']);
    expect(statSync(vault.directory).mode & 0o777).toBe(0o700);
    for (const file of files) {
      const content = readFileSync(join(vault.directory, file));
      for (const word of [marker, 'Әбілқасымова', 'qorgan.act/1', 'SQLite format 3', passphrase])
        expect(content.includes(word)).toBe(false);
    }
    const header = readFileSync(join(vault.directory, 'journal.db')).subarray(0, 4_096);
    expect(new Set(header).size).toBeGreaterThan(200);
  });

  it('is held by one process at a time', async () => {
    enrolled = await enrolledVault();
    const { localVault } = await import('../../native/vault-host/index.ts');
    const second = localVault({ directory: enrolled.vault.directory });
    const result = second.open(passphraseKey(enrolled.slotId));
    expect(result.ok ? 'done' : result.refusal.code).toBe('vault-in-use');
    expect(await enrolled.vault.code('heads', null)).toBe('done');
  });
});
