import { expect } from 'vitest';
import type { Case } from './bench.ts';

/** The reader service looks for cards several times a second; the module reads a new one in about two seconds. */
const noticedMaxMs = 15_000;

export const leavingCases: readonly Case[] = [
  {
    title: 'is announced, and so is its return',
    needs: 'removal-events',
    async run(bench) {
      const { carrier, host } = bench;
      const { token } = await bench.present('rsa');
      const heard: string[] = [];
      using _removed = {
        [Symbol.dispose]: host.on('token.removed', (event) => heard.push(`- ${event.reference.serial}`)),
      };
      using _inserted = {
        [Symbol.dispose]: host.on('token.inserted', (event) => heard.push(`+ ${event.token.reference.serial}`)),
      };
      await carrier.remove();
      await expect.poll(() => heard, { timeout: noticedMaxMs }).toEqual([`- ${token.serial}`]);
      const absent = { ok: false, refusal: { code: 'card-absent' } };
      expect(await host.call('certificates.list', { token })).toEqual(absent);
      await carrier.insertAgain();
      await expect.poll(() => heard, { timeout: noticedMaxMs }).toEqual([`- ${token.serial}`, `+ ${token.serial}`]);
    },
  },
  {
    title: 'in the middle of a signature is named so, and signs again once it is back',
    needs: 'removal-in-operation',
    async run(bench) {
      const key = await bench.present('rsa');
      await bench.carrier.removeAtNextKeyUse();
      expect(await bench.sign(key)).toEqual({ ok: false, refusal: { code: 'card-removed' } });
      await bench.carrier.insertAgain();
      expect((await bench.token()).reference).toEqual(key.token);
      expect(await bench.sign(key)).toMatchObject({ ok: true });
    },
  },
];
