import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mediaPath } from '../../core/log-package/index.ts';
import { hashOf } from '../../server/package-folder/index.ts';
import { memberOf, textOf, type Fields } from './documents.ts';
import type { Findings } from './findings.ts';

/** A piece of clean evidence that a document of the range names. */
export type NamedMedia = {
  readonly file: string;
  readonly sealed: string;
  readonly open: string;
  readonly openHash: string;
};

/** What a document names; `undefined` for any that is not of clean evidence. */
export function mediaOf(file: string, fields: Fields | undefined): NamedMedia | undefined {
  if (fields?.['form'] !== 'qorgan.evidence/1' || fields['verdict'] !== 'clean') return undefined;
  const openHash = textOf(memberOf(fields, 'descriptor', 'sha256'));
  const open = mediaPath(openHash, textOf(memberOf(fields, 'descriptor', 'mediaType')));
  return { file, sealed: mediaPath(textOf(fields['blob'])), open, openHash };
}

/** Each piece must be there, sealed or in the clear, with the very bytes that were logged; nothing else may be. */
export async function checkMedia(folder: string, named: readonly NamedMedia[], findings: Findings): Promise<number> {
  const expected = new Set<string>();
  let held = 0;
  for (const { file, sealed, open, openHash } of named) {
    expected.add(sealed).add(open);
    const pairs = [
      [sealed, sealed.slice('evidence/'.length, -'.sealed'.length)],
      [open, openHash],
    ] as const;
    const there = pairs.filter(([path]) => existsSync(join(folder, path)));
    held += there.length > 0 ? 1 : 0;
    if (there.length === 0) findings.doubt('media-absent', file);
    for (const [path, hash] of there)
      if ((await hashOf(join(folder, path))) !== hash) findings.find('media-altered', path);
  }
  const names = existsSync(join(folder, 'evidence')) ? readdirSync(join(folder, 'evidence')) : [];
  for (const name of names) if (!expected.has(`evidence/${name}`)) findings.find('file-unlisted', `evidence/${name}`);
  return held;
}
