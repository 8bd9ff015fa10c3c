import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { tokenKeyPlace, type TokenKeyPlace } from '../../server/keys/index.ts';
import type { Arguments } from '../kit/index.ts';

/** Options of a command that makes a key of a log: the library, the label of the token and the identifier of the key, or none of them. */
export const tokenOptions = {
  'log-key-module': 'optional',
  'log-key-token': 'optional',
  'log-key-id': 'optional',
} as const;

/** Where the key is to lie; `undefined` for a file. The library finds its own settings by the user's home. */
export function tokenPlaceOf(given: Arguments): Result<TokenKeyPlace | undefined, 'log-key-place-malformed'> {
  const [modulePath, tokenLabel, keyId] = ['log-key-module', 'log-key-token', 'log-key-id'].map(given.option);
  if ([modulePath, tokenLabel, keyId].every((part) => part === undefined)) return ok(undefined);
  const place = tokenKeyPlace.safeParse({ modulePath, environment: {}, tokenLabel, keyId: keyId?.toLowerCase() });
  return place.success ? ok(place.data) : refuse('log-key-place-malformed');
}
