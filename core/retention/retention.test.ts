import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../tests/support/index.ts';
import { evidenceClasses } from '../evidence/index.ts';
import type { PlatformId, Sha256Hex } from '../kernel/index.ts';
import {
  checkSchedule,
  dueOf,
  firstSchedule,
  holdsOf,
  legalMinimum,
  schedulesOf,
  termEndMs,
  type LegalHold,
  type RetainedItem,
  type RetentionSchedule,
} from './index.ts';

const platform = { platform: 'p' as PlatformId, profile: 'demo' as const };
const first = firstSchedule(platform);
const hash = (n: number): Sha256Hex => n.toString(16).padStart(64, '0') as Sha256Hex;
const dayMs = 86_400_000;
const hourMs = 3_600_000;

const scheduleOf = (onlineMonths: number, archiveMonths: number, version = 1): RetentionSchedule => ({
  ...first,
  version,
  classes: Object.fromEntries(
    evidenceClasses.map((name) => [name, { onlineMonths, archiveMonths }]),
  ) as RetentionSchedule['classes'],
});

const holdOf = (change: Partial<LegalHold> = {}): LegalHold => ({
  form: 'qorgan.legal-hold/1',
  ...platform,
  id: 'hold-1',
  version: 1,
  of: { kind: 'evidence', hashes: [hash(1)] },
  basis: 'a court asked',
  fromMs: 0,
  untilMs: null,
  ...change,
});

const times = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2090, 0, 1) });
const terms = fc.record({ online: fc.integer({ min: 3, max: 240 }), archive: fc.integer({ min: 60, max: 900 }) });
const items: fc.Arbitrary<RetainedItem> = fc.record({
  sha256: fc.constantFrom(hash(1), hash(2)),
  class: fc.constantFrom(...evidenceClasses),
  case: fc.constantFrom(null, 'case-1', 'case-2'),
  acceptedAtMs: times,
});

/** The civil count by a clock that is `offsetMs` ahead of UTC: the whole day with the number of the first one, or the last of the month. */
function civilEndMs(startMs: number, months: number, offsetMs: number): number {
  const local = new Date(startMs + offsetMs);
  const target = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + months, 1));
  const next = Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 1);
  const wanted = Date.UTC(target.getUTCFullYear(), target.getUTCMonth(), local.getUTCDate()) + dayMs;
  return Math.min(wanted, next) - offsetMs;
}

describe('a term of calendar months', () => {
  it('ends on the day with the same number, or on the last of the month, and is counted to its end at every clock', () => {
    expect(termEndMs(Date.UTC(2026, 0, 15, 10), 3)).toBe(Date.UTC(2026, 3, 18));
    expect(termEndMs(Date.UTC(2026, 10, 30, 23, 59), 3)).toBe(Date.UTC(2027, 2, 3));
    expect(termEndMs(Date.UTC(2027, 10, 30), 3)).toBe(Date.UTC(2028, 2, 3));
  });

  it('that begins on the last evening of a month in UTC is counted from the first of the next, as in Almaty', () => {
    const startMs = Date.UTC(2027, 1, 28, 20);
    expect(termEndMs(startMs, 3)).toBeGreaterThanOrEqual(civilEndMs(startMs, 3, 5 * hourMs));
  });

  it('is never shorter than the civil count at any clock of the world, and at most a week longer, where a month ends between', () => {
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 1, max: 1_200 }),
        fc.integer({ min: -12, max: 14 }),
        (startMs, months, zone) => {
          const civil = civilEndMs(startMs, months, zone * hourMs);
          const ends = termEndMs(startMs, months);
          expect(ends).toBeGreaterThanOrEqual(civil);
          expect(ends - civil).toBeLessThanOrEqual(7 * dayMs);
        },
      ),
      seeded('terms against the civil count', 2_000),
    );
  });
});

describe('a schedule', () => {
  it('that is the minimum of the rules is taken, and one below it for any class is refused by name', () => {
    expect(checkSchedule(first).ok).toBe(true);
    for (const name of evidenceClasses) {
      const minimum = first.classes[name];
      for (const short of [
        { ...minimum, onlineMonths: legalMinimum.onlineMonths - 1 },
        { ...minimum, archiveMonths: legalMinimum.archiveMonths - 1 },
      ])
        expect(checkSchedule({ classes: { ...first.classes, [name]: short } })).toMatchObject({
          refusal: { code: 'retention-below-minimum', details: { class: name } },
        });
    }
  });

  it('whose months are no number is below the minimum', () => {
    const classes = { ...first.classes, photo: { onlineMonths: Number.NaN, archiveMonths: 60 } };
    expect(checkSchedule({ classes })).toMatchObject({ refusal: { code: 'retention-below-minimum' } });
  });
});

describe('what is due', () => {
  it('never comes before the minimum of the rules, whatever schedules were taken', () => {
    fc.assert(
      fc.property(items, terms, terms, fc.integer({ min: 0, max: 1_000 * 31 * dayMs }), (item, a, b, ageMs) => {
        const schedules = {
          atAcceptance: scheduleOf(a.online, a.archive),
          newest: scheduleOf(b.online, b.archive, 2),
        };
        const { due } = dueOf(item, schedules, [], item.acceptedAtMs + ageMs);
        const nowMs = item.acceptedAtMs + ageMs;
        if (nowMs < termEndMs(item.acceptedAtMs, 3)) expect(due).toBe('nothing');
        if (nowMs < termEndMs(item.acceptedAtMs, 63)) expect(due).not.toBe('destruction');
      }),
      seeded('what is due against the minimum', 2_000),
    );
  });

  it('is never brought forward by a later schedule, and is put off by a longer one', () => {
    fc.assert(
      fc.property(items, terms, terms, (item, a, b) => {
        const atAcceptance = scheduleOf(a.online, a.archive);
        const promised = dueOf(item, { atAcceptance, newest: atAcceptance }, [], 0);
        const later = dueOf(item, { atAcceptance, newest: scheduleOf(b.online, b.archive, 2) }, [], 0);
        expect(later.onlineUntilMs).toBeGreaterThanOrEqual(promised.onlineUntilMs);
        expect(later.archiveUntilMs).toBeGreaterThanOrEqual(promised.archiveUntilMs);
        expect(later.onlineUntilMs).toBe(termEndMs(item.acceptedAtMs, Math.max(a.online, b.online)));
      }),
      seeded('promises against later schedules', 1_000),
    );
  });

  it('turns over at its moment to the millisecond', () => {
    const item: RetainedItem = { sha256: hash(1), class: 'photo', case: null, acceptedAtMs: Date.UTC(2026, 0, 1) };
    const at = (nowMs: number): string => dueOf(item, { atAcceptance: first, newest: first }, [], nowMs).due;
    const { onlineUntilMs, archiveUntilMs } = dueOf(item, { atAcceptance: first, newest: first }, [], 0);
    expect([at(onlineUntilMs - 1), at(onlineUntilMs)]).toEqual(['nothing', 'archive']);
    expect([at(archiveUntilMs - 1), at(archiveUntilMs)]).toEqual(['archive', 'destruction']);
  });

  it('is nothing while a hold names the item or its case, and comes back when the hold ends', () => {
    fc.assert(
      fc.property(items, fc.boolean(), fc.nat(2_000), (item, byCase, ageDays) => {
        const untilMs = item.acceptedAtMs + 40_000 * dayMs;
        const of = byCase
          ? ({ kind: 'case', case: item.case ?? 'case-1' } as const)
          : ({ kind: 'evidence', hashes: [item.sha256] } as const);
        const hold = holdOf({ of, untilMs });
        const both = { atAcceptance: first, newest: first };
        const isNamed = !byCase || item.case !== null;
        const nowMs = item.acceptedAtMs + ageDays * dayMs;
        const free = dueOf(item, both, [], nowMs).due;
        expect(dueOf(item, both, [hold], nowMs)).toMatchObject({
          due: isNamed ? 'nothing' : free,
          holds: isNamed ? [hold.id] : [],
        });
        expect(dueOf(item, both, [hold], untilMs).due).toBe('destruction');
      }),
      seeded('holds', 500),
    );
  });
});

describe('holds', () => {
  const item = { sha256: hash(1), case: 'case-1' };

  it('count in their newest version only: a release ends one, and an older version does not bring it back', () => {
    const released = holdOf({ version: 2, untilMs: 100 });
    expect(holdsOf(item, [released, holdOf()], 99)).toHaveLength(1);
    expect(holdsOf(item, [released, holdOf()], 100)).toHaveLength(0);
    expect(holdsOf(item, [holdOf(), released, holdOf({ id: 'hold-2' })], 100)).toMatchObject([{ id: 'hold-2' }]);
  });

  it('count before they begin', () => {
    expect(holdsOf(item, [holdOf({ fromMs: 1_000 })], 0)).toHaveLength(1);
  });

  it('leave other evidence alone', () => {
    expect(holdsOf({ sha256: hash(2), case: null }, [holdOf()], 0)).toHaveLength(0);
    expect(holdsOf({ sha256: hash(2), case: 'case-2' }, [holdOf({ of: { kind: 'case', case: 'case-1' } })], 0)).toEqual(
      [],
    );
  });
});

describe('the schedules of an item', () => {
  it('are the last one before it in the log, and the newest of all', () => {
    const [a, b] = [scheduleOf(6, 60, 1), scheduleOf(4, 72, 2)];
    const logged = [
      { leafIndex: 10, schedule: a },
      { leafIndex: 20, schedule: b },
    ];
    expect(schedulesOf(5, first, [])).toEqual({ atAcceptance: first, newest: first });
    expect(schedulesOf(5, first, logged)).toEqual({ atAcceptance: first, newest: b });
    expect(schedulesOf(15, first, logged)).toEqual({ atAcceptance: a, newest: b });
    expect(schedulesOf(25, first, logged)).toEqual({ atAcceptance: b, newest: b });
  });
});
