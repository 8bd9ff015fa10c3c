import { resolve } from 'node:path';
import { words } from '../../locales/index.ts';
import { initMirror } from '../../server/mirror/index.ts';
import { keyNameOf, misuse, readSmallFile, refused, type Command } from '../kit/index.ts';

const keySizeMaxBytes = 1_024;
const pemSizeMaxBytes = 65_536;

/** `qorgan mirror init`: makes a mirror of one log and prints its public keys. */
export const mirrorInit: Command = {
  shape: {
    operands: [],
    options: {
      ...{ directory: 'required', name: 'required', 'log-key': 'required', url: 'required' },
      'server-certificate': 'optional',
    },
  },
  run: async (given, { locale }) => {
    const name = given.required('name');
    if (keyNameOf(name) === undefined) return misuse(locale, 'cli.error.witness-name-malformed', { name });
    const keyFile = given.required('log-key');
    const key = await readSmallFile(keyFile, keySizeMaxBytes);
    if (!key.ok) return misuse(locale, `cli.error.${key.refusal.code}`, { file: keyFile });
    const pemFile = given.option('server-certificate');
    const pem = pemFile === undefined ? undefined : await readSmallFile(pemFile, pemSizeMaxBytes);
    if (pem?.ok === false) return misuse(locale, `cli.error.${pem.refusal.code}`, { file: pemFile ?? '' });
    const made = initMirror({
      folder: resolve(given.required('directory')),
      ...{ name, url: given.required('url') },
      logKey: Buffer.from(key.value).toString('utf8').trim(),
      certificate: pem === undefined ? undefined : Buffer.from(pem.value).toString('utf8'),
    });
    if (!made.ok) return refused(locale, made.refusal);
    const { keys, door } = made.value;
    const entry = JSON.stringify({ url: '', keys, door: { ...door } });
    const lines = keys.map((text) => words(locale, 'cli.mirror.key', { key: text }));
    return {
      exit: 0,
      facts: { keys, door: { ...door } },
      lines: [...lines, words(locale, 'cli.mirror.entry', { entry })],
    };
  },
};
