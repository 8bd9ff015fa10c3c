import { words } from '../../locales/index.ts';
import { moveDue } from '../../server/archive/index.ts';
import { refused, type Command } from '../kit/index.ts';
import { placeOptions } from '../server/index.ts';
import { withArchiveOf } from './archive.ts';

/** `qorgan archive run`: moves what is due out of the online store; meant to be run once a day. */
export const archiveRun: Command = {
  shape: { operands: [], options: placeOptions },
  run: (given, around) =>
    withArchiveOf(given, around, async (archive) => {
      const report = await moveDue(archive);
      if (!report.ok) return refused(around.locale, report.refusal);
      const { segments, moved } = report.value;
      return {
        exit: 0,
        facts: { segments: segments.map((one) => ({ ...one })), moved },
        lines: [
          ...segments.map(({ name, blobs }) =>
            words(around.locale, 'cli.archive.segment-made', { name, count: blobs }),
          ),
          words(around.locale, 'cli.archive.moved', { count: moved }),
        ],
      };
    }),
};
