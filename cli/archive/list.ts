import { words } from '../../locales/index.ts';
import { retentionOverview } from '../../server/archive/index.ts';
import { readArchiveChecks, readSegments } from '../../server/store/index.ts';
import { refused, type Command, type Fact } from '../kit/index.ts';
import { placeOptions } from '../server/index.ts';
import { moment, withArchiveOf } from './archive.ts';

/** `qorgan archive list`: segments, holds in force, and what is kept by class. */
export const archiveList: Command = {
  shape: { operands: [], options: placeOptions },
  run: (given, around) =>
    withArchiveOf(given, around, async ({ desk }) => {
      const { locale } = around;
      const overview = await retentionOverview(desk, desk.surroundings.nowMs());
      if (!overview.ok) return refused(locale, overview.refusal);
      const checks = new Map((await readArchiveChecks(desk.database)).map((check) => [check.segment, check]));
      const segments = (await readSegments(desk.database)).map((segment) => {
        const check = checks.get(segment.name);
        return {
          name: segment.name,
          sha256: segment.sha256,
          sizeBytes: segment.size_bytes,
          stampedAt: moment(segment.stamped_at_ms),
          checkedAt: moment(check?.at_ms ?? segment.verified_at_ms),
          outcome: check?.outcome ?? 'good',
        };
      });
      const { classes, holds } = overview.value;
      return {
        exit: 0,
        facts: { segments, holds: holds as unknown as Fact, classes: classes as unknown as Fact },
        lines: [
          ...segments.map((one) =>
            words(locale, 'cli.archive.segment', { name: one.name, stamped: one.stampedAt, outcome: one.outcome }),
          ),
          ...holds.map(({ id, basis }) => words(locale, 'cli.archive.hold', { hold: id, basis })),
          ...classes.map((one) =>
            words(locale, 'cli.archive.class', {
              class: one.class,
              online: one.online.count,
              archived: one.archived.count,
              destroyed: one.destroyed.count,
            }),
          ),
        ],
      };
    }),
};
