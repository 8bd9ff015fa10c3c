import { resolve } from 'node:path';
import { words } from '../../locales/index.ts';
import { initWitness } from '../../server/witness/index.ts';
import { keyNameOf, misuse, refused, type Command } from '../kit/index.ts';

/** `qorgan witness init`: makes the keys of a witness and prints what to hand out. */
export const witnessInit: Command = {
  shape: { operands: [], options: { directory: 'required', name: 'required' } },
  run: async (given, { locale }) => {
    const name = given.required('name');
    if (keyNameOf(name) === undefined) return misuse(locale, 'cli.error.witness-name-malformed', { name });
    const made = initWitness(resolve(given.required('directory')), name);
    if (!made.ok) return refused(locale, made.refusal);
    const lines = made.value.map((key) => words(locale, 'cli.witness.key', { key }));
    return { exit: 0, facts: { keys: made.value }, lines };
  },
};
