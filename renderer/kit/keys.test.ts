import { describe, expect, it } from 'vitest';
import { keyName } from './keys.ts';

const press = (
  code: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
): string => keyName({ code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe('the name of a key', () => {
  it('is its place on the keyboard, whatever the layout writes there', () => {
    expect(press('KeyJ')).toBe('KeyJ');
  });

  it('carries what is held with it, always in one order', () => {
    expect(press('KeyK', { ctrlKey: true })).toBe('ctrl+KeyK');
    expect(press('Slash', { shiftKey: true })).toBe('shift+Slash');
    expect(press('Digit1', { altKey: true, ctrlKey: true })).toBe('ctrl+alt+Digit1');
  });

  it('is the same for both Enter keys and for Ctrl and Cmd', () => {
    expect(press('NumpadEnter', { ctrlKey: true })).toBe(press('Enter', { metaKey: true }));
  });
});
