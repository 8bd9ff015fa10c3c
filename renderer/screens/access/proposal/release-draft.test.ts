import { describe, expect, it } from 'vitest';
import { releasedMax as signedMax } from '../../../../contracts/documents/index.ts';
import {
  chosenOf,
  releaseAct,
  releasedMax,
  releaseFaults,
  startRelease,
  toggled,
  type ReleaseDraft,
} from './release-draft.ts';
import { editField, undo } from './steps.ts';

const said = { reason: 'Signed before the card was lost', basis: 'Order 7' };
const iin = '880214450137';
const acts = Array.from({ length: 40 }, (_, index) => ({ hash: String(index).padStart(64, '0') }));
const [one, two] = acts.map(({ hash }) => hash) as [string, string];
const toggle = (draft: ReleaseDraft, hash: string): ReleaseDraft => editField(draft, 'chosen', toggled(draft, hash));
const filled = (draft: ReleaseDraft): ReleaseDraft => ({ ...draft, fields: { ...draft.fields, ...said } });
const idsOf = (draft: ReleaseDraft, open = acts) => releaseFaults(draft, open).map(({ id }) => id);

describe('a release of what came after a block', () => {
  it('begins with nothing chosen, and is none until something is, with reason and basis', () => {
    expect(idsOf(startRelease())).toEqual(['nothing-chosen', 'reason-missing', 'basis-missing']);
    expect(releaseAct(toggle(startRelease(), one), iin, acts)).toBeNull();
    expect(releaseAct(filled(startRelease()), iin, acts)).toBeNull();
  });

  it('names what was chosen and nothing else, and is taken back step by step', () => {
    const draft = filled(toggle(toggle(startRelease(), two), one));
    expect(releaseAct(draft, iin, acts)).toEqual({
      type: 'access.propose',
      change: { kind: 'release', iin, acts: [one, two] },
      ...said,
    });
    expect(undo(toggle(draft, two)).fields.chosen).toEqual([two, one]);
    expect(toggle(draft, two).fields.chosen).toEqual([one]);
  });

  it('leaves out what was let in meanwhile', () => {
    const draft = filled(toggle(toggle(startRelease(), one), two));
    expect(chosenOf(draft, acts.slice(1))).toEqual([two]);
    expect(idsOf(draft, acts.slice(2))).toEqual(['nothing-chosen']);
  });

  it('holds as many acts as a signed one does, and no more', () => {
    expect(releasedMax).toBe(signedMax);
    const many = acts.slice(0, releasedMax).reduce((draft, { hash }) => toggle(draft, hash), filled(startRelease()));
    expect(idsOf(many)).toEqual([]);
    expect(idsOf(toggle(many, acts[releasedMax]?.hash ?? ''))).toEqual(['release-too-long']);
  });
});
