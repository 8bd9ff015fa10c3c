import type { ArchivePlace } from '../../server/archive/index.ts';
import type { OpenAdministration } from '../../server/boot/index.ts';
import { refused, type Answer, type Arguments, type Surroundings } from '../kit/index.ts';
import { administer } from '../server/index.ts';

/** Opens the archive of the platform in the folder that is named, runs one piece of work, and closes it. */
export function withArchiveOf(
  given: Arguments,
  around: Surroundings,
  run: (archive: ArchivePlace, administration: OpenAdministration) => Promise<Answer>,
): Promise<Answer> {
  return administer(given, around, async (administration) => {
    const archive = await administration.archive();
    return archive.ok ? run(archive.value, administration) : refused(around.locale, archive.refusal);
  });
}

/** What was recorded counts once the log holds it. */
export async function settled(archive: ArchivePlace, around: Surroundings, answer: Answer): Promise<Answer> {
  return (await archive.settle()) ? answer : refused(around.locale, { code: 'log-behind' });
}

/** A moment as people and programs read it alike. */
export const moment = (timeMs: number): string => new Date(timeMs).toISOString();
