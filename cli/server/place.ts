import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toHex, type Sha256Hex } from '../../core/kernel/index.ts';
import {
  openAdministration,
  realSurroundings,
  type OpenAdministration,
  type PlatformPlace,
} from '../../server/boot/index.ts';
import { sha256 } from '../../eds/index.ts';
import { refused, type Answer, type Arguments, type Surroundings } from '../kit/index.ts';
import { openTokenHost } from '../cards/index.ts';
import { readCredential } from './credential.ts';

/** Options of every command about a platform in a folder. */
export const placeOptions = {
  directory: 'required',
  'passphrase-file': 'optional',
  'log-key-pin-file': 'optional',
} as const;

/**
 * Where the platform lives. An external database is named by `DATABASE_URL`, which carries a password and therefore stands
 * in no argument; the passphrase of sealed keys and the PIN of a token come from files or credentials of systemd, their first lines.
 */
export async function placeOf(
  given: Arguments,
  { locale }: Surroundings,
): Promise<{ readonly place: PlatformPlace } | { readonly answer: Answer }> {
  const databaseUrl = process.env['DATABASE_URL'];
  const place = {
    directory: resolve(given.required('directory')),
    surroundings: realSurroundings,
    ...(databaseUrl === undefined || databaseUrl === '' ? {} : { databaseUrl }),
  };
  const passphrase = await readCredential('passphrase', given.option('passphrase-file'));
  if (!passphrase.ok) return { answer: refused(locale, passphrase.refusal) };
  const logKeyPin = await readCredential('log-key-pin', given.option('log-key-pin-file'));
  if (!logKeyPin.ok) return { answer: refused(locale, logKeyPin.refusal) };
  const secrets = { passphrase: passphrase.value, logKeyPin: logKeyPin.value };
  return { place: { ...place, ...secrets, startDeviceHost: openTokenHost } };
}

/** What workstations pin: the certificate of the listener, which is public. */
export function listenerOf(directory: string): { readonly pem: string; readonly spki: Sha256Hex } {
  const pem = readFileSync(join(directory, 'keys', 'tls-certificate.pem'), 'utf8');
  const key = new X509Certificate(pem).publicKey.export({ format: 'der', type: 'spki' });
  return { pem, spki: toHex(sha256(key)) as Sha256Hex };
}

/** Runs one piece of administration and closes what it opened. */
export async function administer(
  given: Arguments,
  around: Surroundings,
  run: (administration: OpenAdministration, place: PlatformPlace) => Promise<Answer>,
): Promise<Answer> {
  const found = await placeOf(given, around);
  if ('answer' in found) return found.answer;
  const opened = await openAdministration(found.place);
  found.place.passphrase?.wipe();
  if (!opened.ok) return refused(around.locale, opened.refusal);
  try {
    return await run(opened.value, found.place);
  } finally {
    await opened.value.close();
  }
}
