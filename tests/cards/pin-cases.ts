import { expect } from 'vitest';
import { utf8, type Case } from './bench.ts';

export const pinCases: readonly Case[] = [
  {
    title: 'of the wrong length costs no attempt',
    async run(bench) {
      const key = await bench.present('rsa');
      expect(await bench.checkPin(key, utf8('1'))).toMatchObject({ refusal: { code: 'pin-length' } });
      const none = await bench.host.call('login.check', { token: key.token });
      expect(none).toMatchObject({ refusal: { code: 'pin-length' } });
      expect((await bench.token()).attempts).toBe('ok');
    },
  },
  {
    title: 'that is wrong is refused with what is left',
    async run(bench) {
      const key = await bench.present('rsa');
      const refused = { code: 'pin-incorrect', details: { attempts: 'count-low' } };
      const wrong = await bench.checkPin(key, utf8(bench.carrier.wrongPin));
      expect(wrong).toEqual({ ok: false, refusal: refused });
      expect((await bench.token()).attempts).toBe('count-low');
      expect(await bench.checkPin(key)).toMatchObject({ ok: true });
      expect((await bench.token()).attempts).toBe('ok');
    },
  },
  {
    title: 'that is wrong three times locks the card, which is told before the last attempt and not asked after it',
    needs: 'locks',
    async run(bench) {
      const key = await bench.present('rsa');
      const wrong = () => bench.checkPin(key, utf8(bench.carrier.wrongPin));
      const locked = { ok: false, refusal: { code: 'pin-locked' } };
      await wrong();
      expect(await wrong()).toMatchObject({ refusal: { code: 'pin-incorrect', details: { attempts: 'final-try' } } });
      expect((await bench.token()).attempts).toBe('final-try');
      expect(await wrong()).toEqual(locked);
      expect((await bench.token()).attempts).toBe('locked');
      expect(await bench.sign(key)).toEqual(locked);
      await bench.carrier.unblock();
      expect(await bench.sign(key)).toMatchObject({ ok: true });
    },
  },
];
