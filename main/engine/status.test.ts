import { expect, test } from 'vitest';
import type { Engine } from './context.ts';
import { noteCards } from './status.ts';

const token = (label: string, serial: string, slotId = 0, attempts: 'ok' | 'locked' = 'ok') => ({
  label,
  attempts,
  reference: { moduleId: 'm', slotId, serial },
});

function after(own: ReturnType<typeof token> | undefined, tokens: readonly ReturnType<typeof token>[]) {
  const shift = own === undefined ? undefined : { signer: { token: own } };
  const state = { shift, card: { state: 'absent', label: null }, failedModules: [] };
  noteCards({ state, emit: () => undefined } as unknown as Engine, { tokens: tokens as never, failedModules: [] });
  return state.card;
}

test('the status line shows the card of the person at work, wherever it is, and no other in its place', () => {
  const [other, own] = [token('Registrar', '1'), token('Reviewer', '2', 1)];
  expect(after(own, [other, own])).toEqual({ state: 'present', label: 'Reviewer' });
  expect(after(own, [other, token('Reviewer', '2', 7, 'locked')])).toEqual({ state: 'locked', label: 'Reviewer' });
  expect(after(own, [other, token('Reviewer', '3', 1)])).toEqual({ state: 'absent', label: null });
  expect(after(own, [other])).toEqual({ state: 'absent', label: null });
});

test('before a shift the status line shows the first card that is in', () => {
  expect(after(undefined, [token('Registrar', '1'), token('Reviewer', '2')])).toEqual({
    state: 'present',
    label: 'Registrar',
  });
});

test('a card module that cannot be used is named beside the card that can, and the window is told once', () => {
  let told = 0;
  const state = { shift: undefined, card: { state: 'absent', label: null }, failedModules: [] };
  const seen = {
    tokens: [token('Reviewer', '2')] as never,
    failedModules: [{ id: 'faulty', code: 'card-module-set-aside' }],
  };
  const engine = { state, emit: () => (told += 1) } as unknown as Engine;
  noteCards(engine, seen);
  noteCards(engine, { ...seen, failedModules: [{ id: 'faulty', code: 'card-module-set-aside' }] });
  expect(state).toMatchObject({ card: { state: 'present', label: 'Reviewer' }, failedModules: seen.failedModules });
  expect(told).toBe(1);
  noteCards(engine, { ...seen, failedModules: [] });
  expect([state.failedModules, told]).toEqual([[], 2]);
});
