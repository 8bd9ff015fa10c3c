import { expect, test } from 'vitest';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { Engine } from './context.ts';
import { watchPrompt } from './open-prompt.ts';
import type { PromptPort, PromptQuestion } from './ports.ts';
import { endShift } from './shift.ts';

/** A prompt that stays open until the test lets the card sign. */
function heldPrompt() {
  let release = (): void => undefined;
  const prompt: PromptPort = {
    async ask<T>(question: PromptQuestion<T>): Promise<Result<T>> {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return question.attempt({
        pin: null,
        password: null,
        formerPassword: null,
        newRecognitionPhrase: null,
        activationCode: null,
      });
    },
  };
  return { prompt: watchPrompt(prompt), release: () => release() };
}

function bench(prompt: ReturnType<typeof watchPrompt>) {
  const calls: string[] = [];
  const vault = { call: (verb: string) => (calls.push(verb), Promise.resolve(ok(null))) };
  const options = { prompt, clock: { nowMs: () => 1 } };
  const client = { hasSession: false, close: () => undefined };
  const shift = { iin: '1', signer: { sha256: 'a' }, client };
  const state = { shift, server: { state: 'closed', refusal: null } };
  return { engine: { options, vault, state, emit: () => undefined } as unknown as Engine, calls };
}

const question = (record: () => Promise<Result<string>>): PromptQuestion<string> => ({
  view: () => Promise.reject(new Error('not shown')),
  attempt: record,
});

test('a shift does not end while a signature is asked for: what the card signs then is still recorded', async () => {
  const { prompt, release } = heldPrompt();
  const { engine, calls } = bench(prompt);
  const signed = prompt.ask(question(() => Promise.resolve(ok('recorded'))));
  expect(await endShift(engine)).toEqual(refuse('prompt-open'));
  expect(calls).toEqual([]);
  release();
  expect(await signed).toEqual(ok('recorded'));
  expect(await endShift(engine)).toEqual(ok(null));
  expect(calls).toEqual(['entries.append', 'vault.close']);
});

test('a second question is refused, and one that broke leaves the way free', async () => {
  const { prompt, release } = heldPrompt();
  const first = prompt.ask(question(() => Promise.reject(new Error('bug'))));
  expect(await prompt.ask(question(() => Promise.resolve(ok('x'))))).toEqual(refuse('prompt-open'));
  release();
  await expect(first).rejects.toThrow('bug');
  expect(prompt.isOpen).toBe(false);
});
