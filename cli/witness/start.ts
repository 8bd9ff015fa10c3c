import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { words } from '../../locales/index.ts';
import { startWitness } from '../../server/witness/index.ts';
import { listenOf, misuse, readTlsFiles, refused, tlsOptions, type Command } from '../kit/index.ts';

/** `qorgan witness start`: says where it answers, then runs until it is asked to stop. */
export const witnessStart: Command = {
  shape: {
    operands: [],
    options: { directory: 'required', listen: 'required', ...tlsOptions },
  },
  run: async (given, around) => {
    const { locale, tell } = around;
    const address = given.required('listen');
    const listen = listenOf(address);
    if (listen === undefined) return misuse(locale, 'cli.error.address-malformed', { address });
    const files = await readTlsFiles(given, around);
    if ('answer' in files) return files.answer;
    const started = await startWitness({
      folder: resolve(given.required('directory')),
      listen,
      tls: files.tls,
      nowMs: around.nowMs,
      onBug: (bug) => around.noteBug(randomUUID(), bug instanceof Error ? (bug.stack ?? bug.message) : 'not an error'),
    });
    if (!started.ok) return refused(locale, started.refusal);
    const { url, keys, logs, close } = started.value;
    const lines = [words(locale, 'cli.witness.started', { url, count: logs.length })];
    tell({ exit: 0, facts: { event: 'started', url, keys, logs }, lines });
    await around.stopAsked();
    await close();
    return { exit: 0, facts: { event: 'stopped' }, lines: [words(locale, 'cli.witness.stopped')] };
  },
};
