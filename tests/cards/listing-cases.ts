import { X509Certificate } from 'node:crypto';
import { expect } from 'vitest';
import type { Case } from './bench.ts';

export const listingCases: readonly Case[] = [
  {
    title: 'is listed with its label, its attempts and what it can do',
    async run(bench) {
      await bench.carrier.insertWith('rsa');
      const token = await bench.token();
      expect(token).toMatchObject({ label: bench.carrier.label, attempts: 'ok', hasPinPad: false });
      expect(token.mechanisms).toEqual(
        expect.arrayContaining(['rsa-pkcs1-sha256', 'rsa-oaep-sha256', 'ecdsa-p256-sha256']),
      );
    },
  },
  {
    title: 'shows its certificates without a PIN, each with its key and use',
    async run(bench) {
      const { token, keyId, publicKey } = await bench.present('rsa');
      const listed = await bench.host.call('certificates.list', { token });
      const certificates = listed.ok ? listed.value.certificates : [];
      const certificate = certificates.find((one) => one.keyId === keyId);
      expect(certificate?.usableFor.sign).toBe(true);
      expect(new X509Certificate(certificate?.certificateDer ?? '').publicKey.equals(publicKey)).toBe(true);
    },
  },
  {
    title: 'tells a key that opens from a key that signs',
    async run(bench) {
      const { token, keyId } = await bench.present('decrypt');
      const listed = await bench.host.call('certificates.list', { token });
      const certificates = listed.ok ? listed.value.certificates : [];
      const certificate = certificates.find((one) => one.keyId === keyId);
      expect(certificate?.usableFor).toEqual({ sign: false, decrypt: true, agree: false });
    },
  },
  {
    title: 'is absent for a reference to another card in the same place',
    async run(bench) {
      const key = await bench.present('rsa');
      const other = { ...key, token: { ...key.token, serial: 'ffff' } };
      expect(await bench.sign(other)).toEqual({ ok: false, refusal: { code: 'card-absent' } });
    },
  },
];
