import { words } from '../../locales/index.ts';
import { declareLogLost } from '../../server/boot/index.ts';
import { refused, type Command } from '../kit/index.ts';
import { placeOf, placeOptions } from './place.ts';

/** `qorgan server log-key lost`: declares that the key of the log was stolen; from then on the server says this and nothing else. */
export const serverLogKeyLost: Command = {
  shape: { operands: [], options: placeOptions },
  run: async (given, around) => {
    const { locale } = around;
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const lost = await declareLogLost(found.place);
    found.place.passphrase?.wipe();
    if (!lost.ok) return refused(locale, lost.refusal);
    const { origin, statement } = lost.value;
    return {
      exit: 0,
      facts: { logOrigin: origin, statement: statement.document },
      lines: [words(locale, 'cli.server.log-key-lost', { origin })],
    };
  },
};
