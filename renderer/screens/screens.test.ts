import { describe, expect, it } from 'vitest';
import { pagesOf } from '../bridge/index.ts';
import { actOf } from './case/decision-form.tsx';
import { stepStates } from './case/steps.tsx';
import { prettyJson } from './journal/entry-panel.tsx';
import { emptyDraft } from './memory.tsx';
import { shortNumber } from './status-words.ts';

describe('a decision that is being thought about', () => {
  it('is no act before it is chosen', () => {
    expect(actOf('c', emptyDraft)).toBeNull();
  });

  it('approves without reasons, even if some were ticked before', () => {
    const act = actOf('c', { kind: 'approve', reasons: ['other'], note: ' in order ' });
    expect(act).toEqual({ type: 'registration.approve', caseId: 'c', note: 'in order' });
  });

  it('is returned or refused only with a reason, and with a note for another reason', () => {
    expect(actOf('c', { kind: 'return', reasons: [], note: 'x' })).toBeNull();
    expect(actOf('c', { kind: 'refuse', reasons: ['other'], note: '  ' })).toBeNull();
    expect(actOf('c', { kind: 'refuse', reasons: ['other'], note: 'why' })?.type).toBe('registration.refuse');
    expect(actOf('c', { kind: 'return', reasons: ['document-expired'], note: '' })?.type).toBe('registration.return');
  });
});

describe('the way of an entry', () => {
  it('is three steps, and "recorded" is never shown as proven', () => {
    expect(stepStates('recorded')).toEqual(['done', 'now', 'later']);
    expect(stepStates('sent')).toEqual(['done', 'done', 'now']);
    expect(stepStates('logged')).toEqual(['done', 'done', 'done']);
    expect(stepStates('refused')).toEqual(['done', 'done', 'bad']);
  });
});

describe('the list', () => {
  it('asks for the pages in sight and for the first, which counts', () => {
    expect(pagesOf(0, 40)).toEqual([0]);
    expect(pagesOf(90, 110)).toEqual([0, 1]);
    expect(pagesOf(4_890, 4_999)).toEqual([0, 48, 49]);
  });

  it('shows the year of a number only where it is not this year', () => {
    const nowMs = new Date(2026, 5, 1).getTime();
    expect(shortNumber('2026-00418', nowMs)).toBe('00418');
    expect(shortNumber('2025-00418', nowMs)).toBe('2025-00418');
    expect(shortNumber('418', nowMs)).toBe('418');
  });
});

describe('an envelope', () => {
  it('is broken into lines for the eye, and left as it is when it is no JSON', () => {
    expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(prettyJson('{')).toBe('{');
  });
});
