import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { base32, hotp, judgeTotp, otpauthUri, totpShape, totpStep, type Hmac } from './index.ts';

const by =
  (algorithm: string): Hmac =>
  (key, message) =>
    createHmac(algorithm, key).update(message).digest();
const hmac = by('sha1');
const seed = '12345678901234567890';
const secret = Buffer.from(seed);

test('codes are those of RFC 4226, appendix D', () => {
  const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
  expect(codes.map((_, counter) => hotp(hmac, secret, counter, 6))).toEqual(codes);
});

// RFC 6238, appendix B. The seeds of the longer digests are as long as these (erratum 2866).
const vectors = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
] as const;

test.each(vectors)('codes at %d s are those of RFC 6238, appendix B', (atSeconds, sha1, sha256, sha512) => {
  const step = totpStep(atSeconds * 1_000);
  const codeBy = (algorithm: string, sizeBytes: number): string =>
    hotp(by(algorithm), Buffer.from(seed.repeat(4).slice(0, sizeBytes)), step, 8);
  expect([codeBy('sha1', 20), codeBy('sha256', 32), codeBy('sha512', 64)]).toEqual([sha1, sha256, sha512]);
});

const nowMs = 1_700_000_000_000;
const codeOf = (step: number): string => hotp(hmac, secret, step, totpShape.digits);
const present = totpStep(nowMs);

test('the code of the present step and of its two neighbours counts, and none further away', () => {
  const judged = [-3, -2, -1, 0, 1, 2, 3].map((away) =>
    judgeTotp(hmac, { secret, lastStep: 0 }, { code: codeOf(present + away), atMs: nowMs }),
  );
  expect(judged).toEqual([undefined, undefined, present - 1, present, present + 1, undefined, undefined]);
});

test('a step counts once, and none before it afterwards', () => {
  const after = (lastStep: number, step: number) =>
    judgeTotp(hmac, { secret, lastStep }, { code: codeOf(step), atMs: nowMs });
  expect(after(present - 1, present)).toBe(present);
  expect(after(present, present)).toBeUndefined();
  expect(after(present, present - 1)).toBeUndefined();
  expect(after(present + 1, present)).toBeUndefined();
  expect(after(present, present + 1)).toBe(present + 1);
});

test.each(['', '0', ` ${codeOf(present)}`, `${codeOf(present)}0`, codeOf(present).slice(1), '٤٢٤٢٤٢'])(
  'the text «%s» is no code',
  (code) => {
    expect(judgeTotp(hmac, { secret, lastStep: 0 }, { code, atMs: nowMs })).toBeUndefined();
  },
);

test('a secret of another account makes other codes', () => {
  const other = Buffer.from('another secret here!');
  expect(judgeTotp(hmac, { secret: other, lastStep: 0 }, { code: codeOf(present), atMs: nowMs })).toBeUndefined();
});

test('base32 is that of RFC 4648, §10, without padding', () => {
  const texts = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'];
  expect(texts.map((text) => base32(Buffer.from(text)))).toEqual([
    '',
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ]);
});

test('an authenticator reads secret, issuer and account', () => {
  const uri = new URL(otpauthUri({ issuer: 'Қорған & Co', account: 'a:b', secret }));
  expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual(['otpauth:', 'totp', '/Қорған & Co:a:b']);
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    ...{ secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', issuer: 'Қорған & Co' },
    ...{ algorithm: 'SHA1', digits: '6', period: '30' },
  });
});
