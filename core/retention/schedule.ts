import { evidenceClasses, type EvidenceClass } from '../evidence/index.ts';
import { ok, refuse, type PlatformId, type Result } from '../kernel/index.ts';
import type { Profile } from '../signing/index.ts';

/** How long evidence of a class stays: months in the online store from its acceptance, then months in the archive. */
export type RetentionTerm = { readonly onlineMonths: number; readonly archiveMonths: number };

/** A schedule of the operator; its leaf says when it came. */
export type RetentionSchedule = {
  readonly form: 'qorgan.retention/1';
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly version: number;
  readonly classes: Readonly<Record<EvidenceClass, RetentionTerm>>;
  /** The order that the schedule stands on. */
  readonly basis: string;
};

/**
 * The shortest terms that the rules allow: a parameter, to be given a new version when they change. The rules do not say
 * whether five years begin with the item or with the archive; here they begin with the archive, which satisfies both.
 */
export const legalMinimum = {
  version: 1,
  source: 'Resolution № 57, item 17: at least three months online, at least five years in the archive',
  onlineMonths: 3,
  archiveMonths: 60,
} as const;

/** A term that ends after a working life is a slip of the pen. */
export const termMonthsMax = 1_200;

/** What holds until the operator records a schedule of his own: the minimum for every class. */
export function firstSchedule(platform: {
  readonly platform: PlatformId;
  readonly profile: Profile;
}): RetentionSchedule {
  const { onlineMonths, archiveMonths, source } = legalMinimum;
  const classes = Object.fromEntries(evidenceClasses.map((name) => [name, { onlineMonths, archiveMonths }]));
  return {
    form: 'qorgan.retention/1',
    platform: platform.platform,
    profile: platform.profile,
    version: 0,
    classes: classes as Record<EvidenceClass, RetentionTerm>,
    basis: source,
  };
}

/** Refuses a schedule that is shorter than the rules allow for any class, by the name of the first one. */
export function checkSchedule(schedule: Pick<RetentionSchedule, 'classes'>): Result<null, 'retention-below-minimum'> {
  for (const name of evidenceClasses) {
    const { onlineMonths, archiveMonths } = schedule.classes[name];
    // Written so that what is no number is below.
    if (!(onlineMonths >= legalMinimum.onlineMonths && archiveMonths >= legalMinimum.archiveMonths))
      return refuse('retention-below-minimum', {
        class: name,
        onlineMonths: legalMinimum.onlineMonths,
        archiveMonths: legalMinimum.archiveMonths,
      });
  }
  return ok(null);
}
