import { words } from '../../locales/index.ts';
import { initPlatform } from '../../server/boot/index.ts';
import { misuse, refused, type Command } from '../kit/index.ts';
import { placeOf, placeOptions } from './place.ts';
import { tokenOptions, tokenPlaceOf } from './token.ts';

/** `qorgan server init`: makes a platform; a production one, unless a demonstration is asked for. */
export const serverInit: Command = {
  shape: {
    operands: [],
    options: {
      ...placeOptions,
      ...tokenOptions,
      profile: 'optional',
      'operator-name': 'required',
      url: 'required',
      platform: 'optional',
    },
  },
  run: async (given, around) => {
    const { locale } = around;
    const profile = given.option('profile') ?? 'production';
    if (profile !== 'demo' && profile !== 'production') return misuse(locale, 'cli.error.profile-unknown', { profile });
    const token = tokenPlaceOf(given);
    if (!token.ok) return misuse(locale, 'cli.error.log-key-place-malformed');
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const platform = given.option('platform');
    const made = await initPlatform({
      ...found.place,
      profile,
      operatorName: given.required('operator-name'),
      url: given.required('url'),
      logKeyToken: token.value,
      ...(platform === undefined ? {} : { platform }),
    });
    found.place.passphrase?.wipe();
    if (!made.ok) return refused(locale, made.refusal);
    const { identity, logKey, logMlDsa44Key, platformKey } = made.value;
    return {
      exit: 0,
      facts: {
        platform: identity.platform,
        profile,
        logOrigin: identity.logOrigin,
        logKey,
        logMlDsa44Key,
        platformKey,
        url: identity.url,
      },
      lines: [
        words(locale, 'cli.server.initialised', { platform: identity.platform }),
        words(locale, 'cli.server.log-key', { key: logKey }),
        words(locale, 'cli.server.log-ml-dsa-44-key', { key: logMlDsa44Key }),
      ],
    };
  },
};
