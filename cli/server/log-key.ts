import { words } from '../../locales/index.ts';
import { rotateLogKey } from '../../server/boot/index.ts';
import { refused, type Command } from '../kit/index.ts';
import { placeOf, placeOptions } from './place.ts';

/** `qorgan server log-key rotate`: new keys of the log take over; the server is stopped meanwhile. */
export const serverLogKeyRotate: Command = {
  shape: { operands: [], options: placeOptions },
  run: async (given, around) => {
    const { locale } = around;
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const rotated = await rotateLogKey(found.place);
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
