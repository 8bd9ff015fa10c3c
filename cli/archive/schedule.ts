import * as z from 'zod';
import { retentionSchedule } from '../../contracts/documents/index.ts';
import { words } from '../../locales/index.ts';
import { recordSchedule } from '../../server/archive/index.ts';
import { misuse, readSmallFile, refused, type Command } from '../kit/index.ts';
import { placeOptions } from '../server/index.ts';
import { settled, withArchiveOf } from './archive.ts';

const fileSizeMaxBytes = 65_536;
const scheduleFile = z.strictObject({
  classes: retentionSchedule.shape.classes,
  basis: retentionSchedule.shape.basis,
});

function readFile(text: string): z.output<typeof scheduleFile> | undefined {
  try {
    return scheduleFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** `qorgan archive schedule FILE`: records how long each class is kept; what was accepted before keeps what it was promised. */
export const archiveSchedule: Command = {
  shape: { operands: ['FILE'], options: placeOptions },
  run: async (given, around) => {
    const { locale } = around;
    const [file = ''] = given.operands;
    const bytes = await readSmallFile(file, fileSizeMaxBytes);
    if (!bytes.ok) return misuse(locale, `cli.error.${bytes.refusal.code}`, { file });
    const schedule = readFile(Buffer.from(bytes.value).toString('utf8'));
    if (schedule === undefined) return refused(locale, { code: 'document-malformed' });
    return withArchiveOf(given, around, async (archive) => {
      const recorded = await recordSchedule(archive.desk, schedule);
      if (!recorded.ok) return refused(locale, recorded.refusal);
      const { version } = recorded.value;
      const lines = [words(locale, 'cli.archive.schedule-recorded', { version })];
      return settled(archive, around, { exit: 0, facts: { version }, lines });
    });
  },
};
