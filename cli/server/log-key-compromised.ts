import { logOrigin, noteSizeMax, policySizeMax, vouchedHead } from '../../core/log/index.ts';
import type { PlatformId } from '../../core/kernel/index.ts';
import { sha256, verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import { words } from '../../locales/index.ts';
import { initPlatform } from '../../server/boot/index.ts';
import { misuse, readSmallFile, refused, type Command } from '../kit/index.ts';
import { placeOf, placeOptions } from './place.ts';
import { tokenOptions, tokenPlaceOf } from './token.ts';

const options = {
  ...placeOptions,
  ...tokenOptions,
  profile: 'optional',
  'operator-name': 'required',
  url: 'required',
  platform: 'required',
  head: 'required',
  'witness-policy': 'required',
} as const;

/**
 * `qorgan server log-key compromised`: makes the platform that goes on after the key of a log was stolen: a new origin with
 * new keys, whose first leaf names the last head of the old log that outside witnesses vouch for.
 */
export const serverLogKeyCompromised: Command = {
  shape: { operands: [], options },
  run: async (given, around) => {
    const { locale } = around;
    const profile = given.option('profile') ?? 'production';
    if (profile !== 'demo' && profile !== 'production') return misuse(locale, 'cli.error.profile-unknown', { profile });
    const texts: string[] = [];
    for (const [name, sizeMaxBytes] of [
      ['head', noteSizeMax],
      ['witness-policy', policySizeMax],
    ] as const) {
      const file = given.required(name);
      const bytes = await readSmallFile(file, sizeMaxBytes);
      if (!bytes.ok) return misuse(locale, `cli.error.${bytes.refusal.code}`, { file });
      texts.push(Buffer.from(bytes.value).toString('utf8'));
    }
    const [note = '', policy = ''] = texts;
    const head = vouchedHead({ note, policy, sha256, verifyEd25519, verifyMlDsa44 });
    if (!head.ok) return refused(locale, head.refusal);
    const platform = given.required('platform');
    if (head.value.origin === logOrigin(profile, platform as PlatformId))
      return refused(locale, { code: 'log-origin-lost' });
    const token = tokenPlaceOf(given);
    if (!token.ok) return misuse(locale, 'cli.error.log-key-place-malformed');
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const about = {
      operatorName: given.required('operator-name'),
      url: given.required('url'),
      logKeyToken: token.value,
    };
    const made = await initPlatform({ ...found.place, ...about, profile, platform, supersedes: note });
    found.place.passphrase?.wipe();
    if (!made.ok) return refused(locale, made.refusal);
    const { identity, logKey, logMlDsa44Key } = made.value;
    const { origin, size } = head.value;
    return {
      exit: 0,
      facts: { logOrigin: identity.logOrigin, logKey, logMlDsa44Key, supersedes: { origin, size } },
      lines: [
        words(locale, 'cli.server.log-key-compromised', { origin, size, next: identity.logOrigin }),
        words(locale, 'cli.server.log-key', { key: logKey }),
        words(locale, 'cli.server.log-ml-dsa-44-key', { key: logMlDsa44Key }),
      ],
    };
  },
};
