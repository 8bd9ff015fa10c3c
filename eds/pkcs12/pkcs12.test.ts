import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/kernel/index.ts';
import { passwordText } from './key-derivation.ts';
import { decryptRc2 } from './rc2.ts';

const octets = (hex: string): Uint8Array => {
  const read = fromHex(hex);
  if (!read.ok) throw new Error('the test has malformed hexadecimal');
  return read.value;
};

describe('RC2', () => {
  // RFC 2268 §5, the vectors whose effective length is that of the key. One block: the plaintext is recovered before the padding is judged,
  // so each is followed by a block that makes the padding right.
  test.each([
    ['ffffffffffffffff', 'ffffffffffffffff', '278b27e42e2f0d49'],
    ['3000000000000000', '1000000000000001', '30649edf9be7d2c2'],
    ['88bca90e90875a7f0f79c384627bafb2', '0000000000000000', '2269552ab0f85ca6'],
  ])('decrypts the vector of the key %s', (key, plaintext, ciphertext) => {
    // In CBC the initial value is added to the plaintext: chosen so that the sum is eight octets of padding.
    const iv = octets(plaintext).map((octet) => octet ^ 8);
    expect(decryptRc2(octets(key), iv, octets(ciphertext))).toEqual(new Uint8Array(0));
    const almost = Uint8Array.from(iv);
    almost[7] = (almost[7] ?? 0) ^ 1;
    expect(decryptRc2(octets(key), almost, octets(ciphertext))).toBeUndefined();
  });

  test('refuses what is no whole number of blocks', () => {
    for (const length of [0, 1, 7, 9])
      expect(decryptRc2(new Uint8Array(5), new Uint8Array(8), new Uint8Array(length))).toBeUndefined();
  });
});

describe('a password', () => {
  const utf16 = (text: string): string => {
    const expected = Buffer.from(`${text}\0`, 'utf16le').swap16();
    return expected.toString('hex');
  };

  test.each(['', 'Qwerty12', 'құпиясөз', '\u{1F510}key', '￿'])('%j is written in UTF-16 with its end', (text) => {
    expect(toHex(passwordText(Buffer.from(text)) ?? new Uint8Array(0))).toBe(utf16(text));
  });

  test.each(['80', 'c0af', 'c3', 'e08080', 'eda080', 'f08080af', 'f4908080', 'f5808080', 'e28228'])(
    '%s is no UTF-8 and so no password',
    (hex) => {
      expect(passwordText(octets(hex))).toBeUndefined();
    },
  );
});
