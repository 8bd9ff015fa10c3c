import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acts as goldenActs } from '../../tests/golden/acts.ts';
import { device, deviceRecord, epoch, hashOf, platform, startMs } from '../../tests/golden/world.ts';
import { seeded, sha256 } from '../../tests/support/index.ts';
import { canonicalize, textHash, type Json } from '../signing/index.ts';
import { entryHash, foldJournal, type EntryHeader, type EntryKind } from './index.ts';

type Entry = { readonly header: string; readonly body: string };

const start = textHash(sha256, canonicalize(deviceRecord));
const identity = { platform, device, epoch, start };
const person = { iin: '850101350411', certificate: hashOf('c') };

const bodies: readonly (readonly [EntryKind, Json])[] = [
  ['enrolled', { bundle: { document: '{}', signatures: [] }, slotsVersion: 1 }],
  ['shift-started', person],
  ...goldenActs.map(({ text }) => ['act', { envelope: text, cms: 'AAAA' }] as const),
  ['checkpoint', { note: 'n', size: 12, root: 'r' }],
  ['shift-ended', person],
];

function chain(of: readonly (readonly [EntryKind, Json])[]): readonly Entry[] {
  let previous = start;
  return of.map(([kind, value], at) => {
    const body = canonicalize(value);
    const header: EntryHeader = {
      form: 'qorgan.entry/1',
      platform,
      device,
      epoch,
      sequence: at + 1,
      previous,
      kind,
      atMs: startMs + at,
      body: textHash(sha256, body),
    };
    previous = entryHash(sha256, header);
    return { header: canonicalize(header), body };
  });
}

/** The first fault, or how far the journal reads. */
function read(entries: readonly Entry[]): string | number {
  const fold = foldJournal(sha256, identity);
  for (const entry of entries) {
    const taken = fold.take(entry);
    if (!taken.ok) return taken.refusal.code;
  }
  return fold.state().entries.sequence;
}

const journal = chain(bodies);
const replaced = (at: number, change: (entry: Entry) => Entry): readonly Entry[] =>
  journal.map((entry, i) => (i === at ? change(entry) : entry));

describe('a journal', () => {
  it('is read from its first entry to its last, and knows both heads', () => {
    const fold = foldJournal(sha256, identity);
    for (const entry of journal) expect(fold.take(entry).ok).toBe(true);
    const last = goldenActs.at(-1);
    expect(fold.state()).toMatchObject({
      acts: { sequence: 6, hash: last?.hash },
      entries: { sequence: journal.length },
      treeHead: { size: 12 },
      quarantine: null,
    });
    expect([...fold.acts().values()].map(({ type }) => type)).toEqual(goldenActs.map(({ envelope }) => envelope.type));
  });

  it('is not read past any change of one character', () => {
    fc.assert(
      fc.property(
        fc.nat(journal.length - 1),
        fc.boolean(),
        fc.nat(),
        fc.constantFrom('x', '0', '}', ' '),
        (at, isHeader, place, character) => {
          const entry = journal[at];
          const text = (isHeader ? entry?.header : entry?.body) ?? '';
          const where = place % text.length;
          fc.pre(text.charAt(where) !== character);
          const changed = text.slice(0, where) + character + text.slice(where + 1);
          const entries = replaced(at, (old) => (isHeader ? { ...old, header: changed } : { ...old, body: changed }));
          // The head of the chain is the last header: only the head that was told elsewhere shows that this one was changed.
          if (isHeader && at === journal.length - 1 && typeof read(entries) === 'number')
            expect(read(entries)).toBe(journal.length);
          else expect(read(entries)).toBeTypeOf('string');
        },
      ),
      seeded('journal characters', 1_000),
    );
  });

  it('shows an entry that is missing, doubled or in another place', () => {
    fc.assert(
      fc.property(fc.nat(journal.length - 2), (at) => {
        expect(read(journal.toSpliced(at, 1))).toBeTypeOf('string');
        expect(read(journal.toSpliced(at, 0, journal[at] as Entry))).toBeTypeOf('string');
        expect(read(journal.toSpliced(at, 2, journal[at + 1] as Entry, journal[at] as Entry))).toBeTypeOf('string');
      }),
      seeded('journal order', 100),
    );
  });

  it.each([
    [
      'a gap between its acts',
      [bodies[0], bodies[3]].map((body) => body as readonly [EntryKind, Json]),
      'act-sequence-gap',
    ],
    [
      'a second first entry',
      [bodies[0], bodies[0]].map((body) => body as readonly [EntryKind, Json]),
      'not-enrolled-first',
    ],
    ['no first entry', [bodies[1]].map((body) => body as readonly [EntryKind, Json]), 'not-enrolled-first'],
    [
      'a promise for an act that it lacks',
      [bodies[0] as readonly [EntryKind, Json], ['promise', { actionId: 'x' }] as const],
      'act-unknown',
    ],
  ])('with whole hashes but %s is refused', (_what, of, fault) => {
    expect(read(chain(of))).toBe(fault);
  });

  it('of another workstation is refused', () => {
    const fold = foldJournal(sha256, { ...identity, device: 'other' as typeof device });
    const taken = fold.take(journal[0] as Entry);
    expect(!taken.ok && taken.refusal.code).toBe('header-foreign');
  });
});
