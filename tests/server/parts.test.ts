import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actEnvelope, base64Exact, parseActEnvelope } from '../../contracts/documents/index.ts';
import {
  contentDigest,
  coveredHeaders,
  parseSignatureHeaders,
  signatureBase,
  signatureHeaders,
} from '../../contracts/http/index.ts';
import { fromBase64, Secret, type DeviceId } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import { createKeyring, readKeyFile, writeKeyFile } from '../../server/keys/index.ts';
import { createReplayGuard, describeError } from '../../server/http/index.ts';
import { must } from './support/platform.ts';

const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000);
process.stdout.write(`seed of the parts: ${seed}\n`);

test('a key file is private, is never overwritten, and opens by its passphrase only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qorgan-keys-'));
  const passphrase = (text: string): Secret<'passphrase'> => new Secret('passphrase', Buffer.from(text));
  const file = { path: join(folder, 'a.key'), kind: 'test-key' };
  must(writeKeyFile({ ...file, bytes: Buffer.from('the key itself'), passphrase: passphrase('құпия') }));
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(readFileSync(file.path, 'utf8')).not.toContain(Buffer.from('the key itself').toString('base64'));
  const refusal = (result: { readonly ok: boolean; readonly refusal?: { readonly code: string } }) =>
    result.refusal?.code;
  expect(refusal(writeKeyFile({ ...file, bytes: Buffer.from('another') }))).toBe('platform-key-exists');
  expect(refusal(readKeyFile(file))).toBe('platform-key-sealed');
  expect(refusal(readKeyFile({ ...file, passphrase: passphrase('other') }))).toBe('platform-key-passphrase-wrong');
  expect(refusal(readKeyFile({ ...file, kind: 'other-key', passphrase: passphrase('құпия') }))).toBe(
    'platform-key-malformed',
  );
  expect(
    must(readKeyFile({ ...file, passphrase: passphrase('құпия') })).use((bytes) => Buffer.from(bytes).toString()),
  ).toBe('the key itself');
  rmSync(folder, { recursive: true });
});

test('a sealed record opens by its own key, for its own purpose, and with no byte changed', () => {
  const keyring = createKeyring(new Secret('data-wrapping-key', randomBytes(32)));
  const { key, wrapped } = keyring.create('case:1');
  const sealed = key.seal('act', 'дербес деректер');
  expect(keyring.unwrap('case:1', wrapped).open('act', sealed).toString()).toBe('дербес деректер');
  expect(() => key.open('fold', sealed)).toThrow();
  expect(() => keyring.unwrap('case:2', wrapped)).toThrow();
  expect(() => keyring.create('case:1').key.open('act', sealed)).toThrow();
  for (let i = 0; i < sealed.length; i += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
    expect(() => key.open('act', changed)).toThrow();
  }
});

test('the replay guard forgets no nonce while its request is fresh', () => {
  let nowMs = 1_000_000_000;
  const guard = createReplayGuard(() => nowMs);
  const request = (nonce: string, createdSeconds = nowMs / 1_000) =>
    guard.admit({ device: 'd', nonce, createdSeconds });
  const createdSeconds = nowMs / 1_000;
  expect(request('a').ok).toBe(true);
  for (let i = 0; i < 130; i += 1) {
    nowMs += 1_000;
    request(`fill ${i}`);
    expect(request('a', createdSeconds).ok).toBe(false);
  }
  expect(request('early', 999_999).ok).toBe(false);
});

test('a clock that is put back lets no request in again that was let in before', () => {
  let nowMs = 1_000_000_000;
  const guard = createReplayGuard(() => nowMs);
  const request = (nonce: string, createdSeconds: number) => guard.admit({ device: 'd', nonce, createdSeconds });
  const recorded = nowMs / 1_000;
  expect(request('recorded', recorded).ok).toBe(true);
  for (let i = 0; i < 700; i += 1) {
    nowMs += 1_000;
    expect(request(`fill ${i}`, nowMs / 1_000).ok).toBe(true);
  }
  nowMs = 1_000_001_000;
  expect(request('recorded', recorded).ok).toBe(false);
});

test('an error in the log says where, and quotes nothing that a person entered', () => {
  const error = Object.assign(new TypeError('bad value 900101300010'), {
    code: '22P02',
    detail: 'Key (iin)=(900101300010)',
  });
  expect(JSON.stringify(describeError(error))).not.toContain('900101300010');
  expect(describeError(error)).toMatchObject({ kind: 'TypeError', code: '22P02' });
});

test('message signature headers are read as they were written, and every other form is refused', () => {
  const device = '0b5e8a56-3d5e-4c58-9d9c-0d8b6a1f2c3d' as DeviceId;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.subarray([...coveredHeaders]),
      (createdSeconds, bytes, names) => {
        const parameters = { createdSeconds, nonce: Buffer.from(bytes).toString('base64'), device };
        const covered = Object.fromEntries(names.map((name) => [name, 'value']));
        const headers = signatureHeaders({ parameters, covered, signature: new Uint8Array(64) });
        const read = must(
          parseSignatureHeaders({ signatureInput: headers['signature-input'], signature: headers.signature }),
        );
        expect(read).toMatchObject({ parameters, covered: names });
        expect(
          parseSignatureHeaders({
            signatureInput: headers['signature-input'].replace('ed25519', 'hmac'),
            signature: headers.signature,
          }).ok,
        ).toBe(false);
        expect(
          parseSignatureHeaders({ signatureInput: `${headers['signature-input']} `, signature: headers.signature }).ok,
        ).toBe(false);
      },
    ),
    { seed },
  );
  const base = signatureBase(
    { method: 'GET', path: '/v1/x', query: '?', contentDigest: contentDigest(sha256, '') },
    { createdSeconds: 1, nonce: 'n', device },
  );
  expect(
    base.startsWith(
      '"@method": GET\n"@path": /v1/x\n"@query": ?\n"content-digest": sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n',
    ),
  ).toBe(true);
});

test('base64 is taken in its one canonical spelling only', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }),
      fc.string({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 40 }),
      (size, text, bytes) => {
        const decoded = fromBase64(text);
        expect(base64Exact(size).safeParse(text).success).toBe(decoded.ok && decoded.value.length === size);
        expect(base64Exact(bytes.length).safeParse(Buffer.from(bytes).toString('base64')).success).toBe(true);
      },
    ),
    { seed, numRuns: 300 },
  );
  expect(base64Exact(1).safeParse('AB==').success).toBe(false);
  expect(base64Exact(2).safeParse('AAB=').success).toBe(false);
});

test('no text makes the parser of acts throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.jsonValue().map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const parsed = parseActEnvelope(text);
        expect(parsed.ok).toBe(false);
        expect(actEnvelope.safeParse(text).success).toBe(false);
      },
    ),
    { seed, numRuns: 500 },
  );
  expect(parseActEnvelope('{"__proto__":{}}').ok).toBe(false);
});
