import { describe, expect, it } from 'vitest';
import type { PlatformId } from '../../core/kernel/index.ts';
import { makeCases } from '../../dev/demo/index.ts';
import { caseId } from '../../contracts/documents/index.ts';
import { caseIdOf, importCases, parseCasesFile } from './import.ts';

const cases = makeCases({ seed: 1, nowMs: Date.UTC(2026, 10, 1), count: 3 });
const platform = 'test-platform' as PlatformId;

describe('a file of cases', () => {
  it('reads what the demo writes', () => {
    const parsed = parseCasesFile(JSON.stringify({ form: 'qorgan.cases/1', cases }));
    expect(parsed.ok && parsed.value.length).toBe(3);
  });

  it('is refused whole, with the place of the fault, for one bad form', () => {
    const bad = cases.map((form, i) => (i === 1 ? { ...form, person: { ...form.person, iin: '123456789012' } } : form));
    expect(parseCasesFile(JSON.stringify({ form: 'qorgan.cases/1', cases: bad }))).toEqual({
      ok: false,
      refusal: { code: 'cases-malformed', details: { field: 'cases.1.person.iin' } },
    });
    expect(parseCasesFile('{').ok).toBe(false);
  });

  it('gives one number one case, and another platform another', () => {
    const id = caseIdOf(platform, '2026-00001');
    expect(caseId.safeParse(id).success).toBe(true);
    expect(caseIdOf(platform, '2026-00001')).toBe(id);
    expect(caseIdOf('other' as PlatformId, '2026-00001')).not.toBe(id);
  });

  it('goes on over cases that are there already and stops where the card fails', async () => {
    const answers = [
      { ok: false, refusal: { code: 'case-exists' } },
      { ok: true, value: { actionId: 'a', sequence: 1, recordedAtMs: 1 } },
      { ok: false, refusal: { code: 'card-removed' } },
    ] as const;
    let at = 0;
    const seen: string[] = [];
    const submit = () => Promise.resolve(answers[at++] ?? answers[0]);
    const result = await importCases({ platform, cases, submit, onStep: ({ number }) => seen.push(number) });
    expect(result).toEqual({ ok: false, refusal: { code: 'card-removed' } });
    expect(seen).toHaveLength(3);
  });
});
