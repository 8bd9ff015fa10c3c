import { sha256Hex } from '../../contracts/documents/index.ts';
import { words } from '../../locales/index.ts';
import { destroyDue, type DestroyRequest } from '../../server/archive/index.ts';
import { misuse, refused, type Arguments, type Command } from '../kit/index.ts';
import { placeOptions } from '../server/index.ts';
import { settled, withArchiveOf } from './archive.ts';

function asked({ operands }: Arguments): DestroyRequest['hashes'] | undefined {
  if (operands.length === 1 && operands[0] === 'due') return 'all-due';
  const hashes = operands.map((hash) => sha256Hex.safeParse(hash));
  const read = hashes.flatMap((hash) => (hash.success ? [hash.data] : []));
  return read.length > 0 && read.length === hashes.length ? read : undefined;
}

/** `qorgan archive destroy due|SHA256… --basis TEXT`: destroys the keys of evidence whose term is over, and records it. */
export const archiveDestroy: Command = {
  shape: { operands: ['SHA256'], isVariadic: true, options: { ...placeOptions, basis: 'required' } },
  run: async (given, around) => {
    const { locale } = around;
    const hashes = asked(given);
    if (hashes === undefined) return misuse(locale, 'cli.error.argument-missing', { what: 'due | SHA256' });
    return withArchiveOf(given, around, async (archive, { compactKeys }) => {
      const destroyed = await destroyDue(archive, { hashes, basis: given.required('basis') });
      if (!destroyed.ok) return refused(locale, destroyed.refusal);
      const count = destroyed.value?.items.length ?? 0;
      if (count > 0) await compactKeys();
      const lines = [words(locale, 'cli.archive.destroyed', { count })];
      if (count > 0) lines.push(words(locale, 'cli.archive.destroyed-remains'));
      return settled(archive, around, { exit: 0, facts: { destroyed: count }, lines });
    });
  },
};
