import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../tests/support/index.ts';
import type { Sha256Hex } from '../kernel/index.ts';
import { isHigherLevel, deskLevels, type LeafOutcome, type DeskLevel } from '../log/index.ts';
import { breaksPromise, evolveOutbox, outboxStart, outboxStep, type OutboxEvent, type OutboxItem } from './index.ts';

const [ours, other] = ['a'.repeat(64), 'b'.repeat(64)] as [Sha256Hex, Sha256Hex];
const outcomes: readonly LeafOutcome[] = ['accepted', 'superseded', 'refused:case-closed'];

const promised = (outcome: LeafOutcome): Extract<OutboxEvent, { type: 'promised' }> => ({
  type: 'promised',
  outcome,
  commitment: ours,
  deadlineMs: 20,
  atMs: 10,
});
const proven = (
  outcome: LeafOutcome,
  commitment = ours,
  level: DeskLevel = 'log',
): Extract<OutboxEvent, { type: 'proven' }> => ({
  type: 'proven',
  outcome,
  commitment,
  index: 4,
  level,
  atMs: 30,
});
const fellDue: OutboxEvent = { type: 'fell-due' };
const turnedAway: OutboxEvent = { type: 'turned-away', code: 'server-busy' };

const after = (...events: readonly OutboxEvent[]): OutboxItem => events.reduce(evolveOutbox, outboxStart);

describe('an own act on its way to the log', () => {
  it.each([
    ['is sent while nobody promised anything', [], 'recorded', 'send'],
    ['is sent again after the server turned it away', [turnedAway], 'recorded', 'send'],
    ['waits for its proof after a promise', [promised('accepted')], 'promised', 'prove'],
    ['waits for its proof though it was refused', [promised('refused:case-closed')], 'refused', 'prove'],
    ['is overdue after the deadline, and still wants its proof', [promised('accepted'), fellDue], 'overdue', 'prove'],
    ['is done with a receipt', [promised('accepted'), proven('accepted')], 'logged', 'nothing'],
    ['is done with a late receipt', [promised('accepted'), fellDue, proven('accepted')], 'logged', 'nothing'],
    ['is done with a receipt whose promise was lost', [proven('superseded')], 'superseded', 'nothing'],
    ['is done when the log says that it was refused', [proven('refused:case-closed')], 'refused', 'nothing'],
  ] as const)('%s', (_what, events, state, step) => {
    const item = after(...events);
    expect({ state: item.state, step: outboxStep(item) }).toEqual({ state, step });
  });

  it('keeps why it was refused, and forgets why it was once turned away', () => {
    expect(after(turnedAway).refusal).toBe('server-busy');
    expect(after(turnedAway, promised('accepted')).refusal).toBeNull();
    expect(after(promised('refused:case-closed')).refusal).toBe('case-closed');
  });

  const anyEvent = fc.oneof(
    fc.constantFrom<OutboxEvent>(fellDue, turnedAway),
    fc.constantFrom(...outcomes).map(promised),
    fc.constantFrom(...outcomes).map((outcome) => proven(outcome)),
  );

  it('is done by a receipt and by nothing else, and then nothing moves it', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        let item = outboxStart;
        let isProven = false;
        for (const event of events) {
          const before = item;
          item = evolveOutbox(item, event);
          if (isProven) expect(item).toBe(before);
          isProven ||= event.type === 'proven';
          expect(item.isDone).toBe(isProven);
          expect(item.logIndex !== null).toBe(isProven);
          expect(outboxStep(item) === 'nothing').toBe(isProven);
        }
      }),
      seeded('outbox events', 500),
    );
  });

  it('gains witnesses by later receipts of the same leaf, never loses one, and nothing else moves', () => {
    const level = fc.constantFrom(...deskLevels);
    const later = fc.record({ level, commitment: fc.constantFrom(ours, other), index: fc.constantFrom(4, 5) });
    fc.assert(
      fc.property(level, fc.array(later, { maxLength: 8 }), (first, events) => {
        let item = after(proven('accepted', ours, first));
        for (const event of events) {
          const before = item;
          item = evolveOutbox(item, { ...proven('accepted'), ...event });
          const isSame = event.commitment === ours && event.index === 4;
          const best = isSame && isHigherLevel(event.level, before.level ?? 'log') ? event.level : before.level;
          expect(item).toEqual({ ...before, level: best });
        }
      }),
      seeded('receipt levels', 200),
    );
  });

  it('owes the first promise, whatever is promised later', () => {
    fc.assert(
      fc.property(fc.constantFrom(...outcomes), fc.constantFrom(...outcomes), (first, second) => {
        expect(after(promised(first), { ...promised(second), commitment: other })).toEqual(after(promised(first)));
      }),
      seeded('second promises', 50),
    );
  });

  it.each(outcomes.flatMap((said) => outcomes.map((found) => [said, found] as const)))(
    'promised as %s and found as %s is told from a kept promise',
    (said, found) => {
      expect(breaksPromise(after(promised(said)), proven(found))).toBe(said !== found);
      expect(breaksPromise(after(promised(said)), proven(found, other))).toBe(true);
    },
  );

  it('breaks no promise where none was given', () => {
    expect(breaksPromise(outboxStart, proven('accepted', other))).toBe(false);
    expect(breaksPromise(after(promised('accepted'), fellDue), proven('accepted'))).toBe(false);
  });
});
