import { expect } from 'vitest';
import type { SignatureMechanism } from '../../contracts/device-host/index.ts';
import { isGenuine, utf8, type Case } from './bench.ts';
import type { CarrierKeyName } from './carrier.ts';

const kinds: readonly (readonly [CarrierKeyName, SignatureMechanism])[] = [
  ['rsa', 'rsa-pkcs1-sha256'],
  ['rsa-always', 'rsa-pkcs1-sha256'],
  ['p256', 'ecdsa-p256-sha256'],
  ['p384', 'ecdsa-p384-sha384'],
];

const genuine: readonly Case[] = kinds.map(([name, mechanism]) => ({
  title: `is made by the key ${name} as ${mechanism} and verifies elsewhere`,
  async run(bench) {
    const key = await bench.present(name);
    const result = await bench.sign(key, mechanism);
    expect(result.ok && isGenuine(mechanism, key.publicKey, result.value.signature)).toBe(true);
  },
}));

export const signingCases: readonly Case[] = [
  ...genuine,
  {
    title: 'can be made again and again, each with a login of its own',
    async run(bench) {
      const key = await bench.present('rsa-always');
      for (let i = 0; i < 3; i += 1) expect(await bench.sign(key)).toMatchObject({ ok: true });
    },
  },
  {
    title: 'is refused for a key that is not on the card',
    async run(bench) {
      const key = await bench.present('rsa');
      expect(await bench.sign({ ...key, keyId: '7f' })).toEqual({ ok: false, refusal: { code: 'key-absent' } });
    },
  },
  {
    title: 'is refused for a mechanism that is not of the key',
    async run(bench) {
      const key = await bench.present('rsa');
      const refused = { ok: false, refusal: { code: 'mechanism-unsupported' } };
      expect(await bench.sign(key, 'ecdsa-p256-sha256')).toEqual(refused);
    },
  },
  {
    title: 'is refused for a key that only opens',
    async run(bench) {
      const key = await bench.present('decrypt');
      expect(await bench.sign(key)).toEqual({ ok: false, refusal: { code: 'mechanism-unsupported' } });
    },
  },
  {
    title: 'leaves the caller his PIN, and the card logged out',
    async run(bench) {
      const key = await bench.present('rsa');
      await bench.sign(key);
      expect(new TextDecoder().decode(key.pin)).toBe(bench.carrier.pin);
      const wrong = await bench.sign({ ...key, pin: utf8(bench.carrier.wrongPin) });
      expect(wrong).toMatchObject({ refusal: { code: 'pin-incorrect' } });
      expect(await bench.checkPin(key)).toEqual({ ok: true, value: {} });
    },
  },
  {
    title: 'of a modulus of 3072 bits is 384 bytes long',
    needs: 'wide-rsa',
    async run(bench) {
      const result = await bench.sign(await bench.present('rsa'));
      expect(result.ok && result.value.signature.length).toBe(384);
    },
  },
  {
    title: 'that the death of the host cuts off is refused by name, and the next one succeeds',
    async run(bench) {
      const key = await bench.present('rsa');
      const pid = bench.host.pid ?? 0;
      const underway = bench.sign(key);
      process.kill(pid, 'SIGKILL');
      expect(await underway).toEqual({ ok: false, refusal: { code: 'card-module-crashed' } });
      await bench.token();
      expect(await bench.sign(key)).toMatchObject({ ok: true });
      expect(bench.host.pid).not.toBe(pid);
    },
  },
];
