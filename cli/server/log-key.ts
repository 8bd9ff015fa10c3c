import { words } from '../../locales/index.ts';
import { rotateLogKey } from '../../server/boot/index.ts';
import { misuse, refused, type Command } from '../kit/index.ts';
import { placeOf, placeOptions } from './place.ts';
import { tokenOptions, tokenPlaceOf } from './token.ts';

/** `qorgan server log-key rotate`: new keys of the log take over; the server is stopped meanwhile. */
export const serverLogKeyRotate: Command = {
  shape: { operands: [], options: { ...placeOptions, ...tokenOptions } },
  run: async (given, around) => {
    const { locale } = around;
    const token = tokenPlaceOf(given);
    if (!token.ok) return misuse(locale, 'cli.error.log-key-place-malformed');
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const rotated = await rotateLogKey({ ...found.place, logKeyToken: token.value });
    found.place.passphrase?.wipe();
    if (!rotated.ok) return refused(locale, rotated.refusal);
    const { key, mlDsa44Key, fromSize } = rotated.value;
    return {
      exit: 0,
      facts: { logKey: key, logMlDsa44Key: mlDsa44Key, fromSize },
      lines: [
        words(locale, 'cli.server.log-key-rotated', { size: fromSize }),
        words(locale, 'cli.server.log-key', { key }),
        words(locale, 'cli.server.log-ml-dsa-44-key', { key: mlDsa44Key }),
      ],
    };
  },
};
