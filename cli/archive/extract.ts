import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { sha256Hex } from '../../contracts/documents/index.ts';
import { words } from '../../locales/index.ts';
import { extractEvidence } from '../../server/archive/index.ts';
import { misuse, refused, type Command } from '../kit/index.ts';
import { placeOptions } from '../server/index.ts';
import { withArchiveOf } from './archive.ts';

/** `qorgan archive extract SHA256 --out FILE`: decrypts a piece of evidence, online or archived, and compares it with its hash. */
export const archiveExtract: Command = {
  shape: { operands: ['SHA256'], options: { ...placeOptions, out: 'required' } },
  run: async (given, around) => {
    const { locale } = around;
    const hash = sha256Hex.safeParse(given.operands[0]);
    if (!hash.success) return misuse(locale, 'cli.error.argument-missing', { what: 'SHA256' });
    const path = resolve(given.required('out'));
    if (existsSync(path)) return misuse(locale, 'cli.error.file-exists', { file: path });
    return withArchiveOf(given, around, async (archive) => {
      const extracted = await extractEvidence(archive, { sha256: hash.data, path });
      if (!extracted.ok) return refused(locale, extracted.refusal);
      return { exit: 0, facts: { file: path }, lines: [words(locale, 'cli.archive.extracted', { file: path })] };
    });
  },
};
