import { writeFile } from 'node:fs/promises';
import { refuse, ok, type Result } from '../../core/kernel/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import { foundingPage } from '../../main/receipt-page/index.ts';
import { readFounding, type PlatformPlace } from '../../server/boot/index.ts';
import { misuse, refused, type Answer, type Command } from '../kit/index.ts';
import { placeOf, placeOptions } from '../server/index.ts';

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

async function write(file: string, page: string): Promise<Result<null, 'file-exists' | 'file-unwritable'>> {
  try {
    // It names people by their numbers; no file is written over.
    await writeFile(file, page, { flag: 'wx', mode: 0o600 });
    return ok(null);
  } catch (error) {
    return refuse(isTaken(error) ? 'file-exists' : 'file-unwritable');
  }
}

/** Writes the protocol of the founding that the log holds: the same bytes whenever it is asked for. */
export async function writeProtocol(place: PlatformPlace, file: string, locale: Locale): Promise<Answer> {
  const read = await readFounding(place);
  if (!read.ok) return refused(locale, read.refusal);
  const { leafIndex, root, statementHash } = read.value;
  const written = await write(file, foundingPage({ ...read.value, locale }));
  if (!written.ok) return misuse(locale, `cli.error.${written.refusal.code}`, { file });
  return {
    exit: 0,
    facts: { protocol: file, leafIndex, root, statement: statementHash },
    lines: [words(locale, 'cli.founding.protocol', { file })],
  };
}

/** `qorgan server protocol --out PAGE.html`: the printed protocol of the founding, out of the log. */
export const serverProtocol: Command = {
  shape: { operands: [], options: { ...placeOptions, out: 'required' } },
  run: async (given, around) => {
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const answer = await writeProtocol(found.place, given.required('out'), around.locale);
    found.place.passphrase?.wipe();
    return answer;
  },
};
