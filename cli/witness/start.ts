import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { words } from '../../locales/index.ts';
import { startWitness } from '../../server/witness/index.ts';
import { listenOf, misuse, readSmallFile, refused, type Command } from '../kit/index.ts';

const pemSizeMaxBytes = 65_536;

/** `qorgan witness start`: says where it answers, then runs until it is asked to stop. */
export const witnessStart: Command = {
  shape: {
    operands: [],
    options: { directory: 'required', listen: 'required', certificate: 'optional', key: 'optional' },
  },
  run: async (given, around) => {
    const { locale, tell } = around;
    const address = given.required('listen');
    const listen = listenOf(address);
    if (listen === undefined) return misuse(locale, 'cli.error.address-malformed', { address });
    const [certificate, key] = [given.option('certificate'), given.option('key')];
    const pem: Uint8Array[] = [];
    for (const [flag, file] of [
      ['--certificate', certificate],
      ['--key', key],
    ] as const) {
      if (certificate === undefined && key === undefined) continue;
      if (file === undefined) return misuse(locale, 'cli.error.argument-missing', { what: flag });
      const bytes = await readSmallFile(file, pemSizeMaxBytes);
      if (!bytes.ok) return misuse(locale, `cli.error.${bytes.refusal.code}`, { file });
      pem.push(bytes.value);
    }
    const [cert, tlsKey] = pem;
    const started = await startWitness({
      folder: resolve(given.required('directory')),
      listen,
      ...(cert === undefined || tlsKey === undefined ? {} : { tls: { cert, key: tlsKey } }),
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
