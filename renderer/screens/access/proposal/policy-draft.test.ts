import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyView } from '../../../../contracts/ipc/index.ts';
import { policyDocument } from '../../../../contracts/documents/index.ts';
import { diffRecords } from '../../../../core/access/index.ts';
import type { Json } from '../../../../core/kernel/index.ts';
import { seeded } from '../../../../tests/support/index.ts';
import { wholePolicy } from '../../../../tests/support/whole-policy.ts';
import { controlsOf, isListControl } from './policy-controls.ts';
import {
  baseOf,
  documentOf,
  pathKey,
  policyAct,
  policyFaults,
  readMoment,
  startPolicy,
  unitKey,
  type PolicyDraft,
  type PolicyFields,
} from './policy-draft.ts';

const nowMs = new Date(2026, 10, 22, 9, 5).getTime();
/** A policy of today, with numbers that a policy may have. */
const inForce = {
  ...wholePolicy,
  registration: { claimTtlMs: 1_800_000 },
  clock: { warnDriftMs: 5_000, refuseDriftMs: 90_000 },
  sync: { promiseDeadlineMs: 2_000, offlineTtlMs: 259_200_000 },
  signatures: { carriers: ['1.2.398'], refusedPolicies: [], crlAgeMaxMs: 604_800_000 },
  factors: { switchedOn: [], pinCarriers: [] },
  attempts: { ...wholePolicy.attempts, delayFirstMs: 1_000, delayMaxMs: 60_000, forgetAfterMs: 86_400_000 },
  sessions: {
    ...wholePolicy.sessions,
    idleMs: 3_600_000,
    absoluteMs: 43_200_000,
    lockIdleMs: 900_000,
    stepUpMs: 90_000,
  },
  posture: {
    ...wholePolicy.posture,
    ...{
      patchAgeMaxMs: 86_400_000,
      antivirusBaseAgeMaxMs: 86_400_000,
      clockDriftMaxMs: 60_000,
      reportAgeMaxMs: 7_200_000,
    },
  },
  evidence: { antivirusBaseAgeMaxMs: 604_800_000 },
};
const before = inForce as unknown as Json;
const view = { summary: { hash: 'c'.repeat(64), version: 1 }, document: inForce } as unknown as PolicyView;
const said = { reason: 'Shifts are longer', basis: 'Order 7' };

const start = (fields: Partial<PolicyFields> = {}): PolicyDraft => {
  const draft = startPolicy(0, nowMs);
  return { ...draft, fields: { ...draft.fields, ...said, ...fields } as PolicyFields };
};
const idle = ['sessions', 'idleMs'];
const changesOf = (draft: PolicyDraft) =>
  diffRecords(before, documentOf(draft.fields, before)).filter(
    ({ path }) => path[0] !== 'version' && path[0] !== 'effectiveFromMs',
  );
const idsOf = (draft: PolicyDraft) => policyFaults(draft, before, nowMs).map(({ id }) => id);

describe('the form of a policy', () => {
  it('leaves a policy that nobody touched as it is, and says that nothing is changed', () => {
    expect(changesOf(start())).toEqual([]);
    expect(idsOf(start())).toEqual(['nothing-changed']);
  });

  it('has a control for each setting, and for those that nobody set yet', () => {
    const controls = controlsOf(before);
    expect(controls.map(({ path }) => path.join('.'))).toContain('sessions.stepUp');
    expect(new Set(controls.map(({ path }) => pathKey(path))).size).toBe(controls.length);
    const { changes: _, ...older } = inForce;
    expect(controlsOf(older as unknown as Json).map(({ path }) => path.join('.'))).toContain('changes.staff.propose');
  });

  it('takes a number with its unit, and changes nothing else', () => {
    const draft = start({ [pathKey(idle)]: '90', [unitKey(idle)]: 'minutes' });
    expect(changesOf(draft)).toEqual([{ path: idle, before: 3_600_000, after: 5_400_000 }]);
    expect(idsOf(draft)).toEqual([]);
    expect(policyAct(draft, view, nowMs)).toMatchObject({
      change: { kind: 'policy', before: 'c'.repeat(64), record: { version: 2, sessions: { idleMs: 5_400_000 } } },
      ...said,
    });
  });

  it('comes to a document that the door takes, whatever single number within its bounds is chosen', () => {
    const numbers = controlsOf(before).filter(({ kind }) => kind === 'span' || kind === 'number');
    expect(numbers.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(fc.constantFrom(...numbers), fc.nat({ max: 99_999 }), ({ path }, amount) => {
        const draft = start({ [pathKey(path)]: String(amount), [unitKey(path)]: 'seconds' });
        const isFaulty = idsOf(draft).some((id) => id === 'number-beyond');
        const isTaken = policyDocument.safeParse(documentOf(draft.fields, before)).success;
        expect(isTaken).toBe(!isFaulty);
      }),
      seeded('numbers of a policy', 300),
    );
  });

  it.each(['', '-1', '1.5', 'ten'])('does not take %j for a number, and names the field', (text) => {
    const faults = policyFaults(start({ [pathKey(idle)]: text }), before, nowMs);
    expect(faults).toContainEqual({ field: idle, id: 'number-malformed' });
    expect(policyAct(start({ [pathKey(idle)]: text }), view, nowMs)).toBeNull();
  });

  it('sets roles also for an act and a kind that an older policy does not know, and writes both parts of the kind', () => {
    const { changes: _, ...older } = inForce;
    const draft = start({ [pathKey(['changes', 'staff', 'propose'])]: ['manager'] });
    const document = documentOf(draft.fields, older as unknown as Json) as { readonly changes: Json };
    expect(document.changes).toEqual({ staff: { propose: ['manager'], confirm: [] } });
    expect(policyDocument.safeParse(document).success).toBe(true);
  });

  it('writes no measure that nothing is chosen for', () => {
    const path = ['posture', 'measures', 'clock-drift'];
    expect(changesOf(start({ [pathKey(path)]: '' }))).toEqual([{ path, before: 'warn', after: undefined }]);
  });

  it('adds a section with what holds without it', () => {
    const { sessions: _, ...older } = inForce;
    const draft = start({ added: ['sessions'] });
    expect(policyDocument.safeParse(documentOf(draft.fields, older as unknown as Json)).success).toBe(true);
    expect(baseOf(older as unknown as Json, draft.fields)).toHaveProperty('sessions.idleMs');
  });

  it('begins at a moment that can be read and has not passed', () => {
    expect(readMoment('22.11.2026 14:05')).toBe(new Date(2026, 10, 22, 14, 5).getTime());
    expect(readMoment('31.02.2026 14:05')).toBeUndefined();
    expect(idsOf(start({ from: 'soon' }))).toContain('from-unreadable');
    expect(idsOf(start({ from: '22.11.2026 09:00' }))).toContain('from-over');
  });

  it('keeps lists apart from single values', () => {
    for (const control of controlsOf(before))
      expect(isListControl(control)).toBe(Array.isArray(control.value) && control.kind !== 'lines');
  });
});
