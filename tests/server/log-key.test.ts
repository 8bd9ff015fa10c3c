import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseNote, parseNoteKey, verifyReceipt, type ReceiptFacts } from '../../core/log/index.ts';
import { sha256, verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import { testForm } from './support/forms.ts';
import { must, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf, type Workstation } from './support/workstation.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startTestPlatform();
});

afterAll(() => platform.remove());

/** Keys of the log as the workstation pinned them, one a line. */
function pinnedKeys({ bundle }: Workstation): string {
  return `${bundle.log.key}\n${bundle.log.mlDsa44Key ?? ''}\n`;
}

async function factsOfNewAct(workstation: Workstation, number: number, logKey: string): Promise<ReceiptFacts> {
  const form = testForm(number);
  const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  const proof = await receiptOf(workstation, item.actionId);
  const verdict = verifyReceipt({ proof, logKey, act: item.envelope, sha256, verifyEd25519, verifyMlDsa44 });
  if (verdict.verdict !== 'good') throw new Error(verdict.reason);
  return verdict.facts;
}

test('a receipt carries the lines of both keys of the log, and is good by the Ed25519 one alone', async () => {
  const workstation = await enrolled(platform.server);
  expect((await factsOfNewAct(workstation, 1, pinnedKeys(workstation))).isMlDsa44Signed).toBe(true);
  const alone = await factsOfNewAct(workstation, 2, workstation.bundle.log.key);
  expect([alone.level, alone.isMlDsa44Signed]).toEqual(['log', undefined]);
  const note = must(parseNote(workstation.bundle.checkpoint));
  const ids = pinnedKeys(workstation)
    .trim()
    .split('\n')
    .map((text) => must(parseNoteKey(sha256, text)).id);
  expect(note.signatures.map(({ id }) => id)).toEqual(ids);
});
