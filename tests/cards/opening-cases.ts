import { constants, createECDH, publicEncrypt, type KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import type { Case } from './bench.ts';

const slotKey = Uint8Array.from({ length: 32 }, (_, i) => i);

function point(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

const oaep: readonly Case[] = (['sha1', 'sha256'] as const).map((hash) => ({
  title: `gives back what was encrypted to it with OAEP and ${hash}, and nothing else`,
  async run(bench) {
    const { publicKey, token, keyId, pin } = await bench.present('decrypt');
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const ciphertext = publicEncrypt({ key: publicKey, oaepHash: hash, padding }, slotKey);
    const call = { token, keyId, pin, mechanism: `rsa-oaep-${hash}` } as const;
    const opened = await bench.host.call('decrypt', { ...call, ciphertext });
    expect(opened.ok && Buffer.compare(opened.value.plaintext, slotKey)).toBe(0);
    const invalid = { ok: false, refusal: { code: 'ciphertext-invalid' } };
    const tampered = ciphertext.map((byte, i) => (i === 100 ? byte ^ 1 : byte));
    expect(await bench.host.call('decrypt', { ...call, ciphertext: tampered })).toEqual(invalid);
    const short = ciphertext.subarray(0, 100);
    expect(await bench.host.call('decrypt', { ...call, ciphertext: short })).toEqual(invalid);
  },
}));

export const openingCases: readonly Case[] = [
  ...oaep,
  {
    title: 'agrees on the same secret as the other side',
    async run(bench) {
      const { publicKey, token, keyId, pin } = await bench.present('agree');
      const peer = createECDH('prime256v1');
      const peerPublicKey = peer.generateKeys();
      const call = { token, keyId, pin, mechanism: 'ecdh-p256' } as const;
      const agreed = await bench.host.call('agree', { ...call, peerPublicKey });
      expect(agreed.ok && Buffer.compare(agreed.value.sharedSecret, peer.computeSecret(point(publicKey)))).toBe(0);
      const malformed = await bench.host.call('agree', { ...call, peerPublicKey: peerPublicKey.subarray(1) });
      expect(malformed).toEqual({ ok: false, refusal: { code: 'peer-key-invalid' } });
    },
  },
];
