import { describe, expect, it } from 'vitest';
import { areSame, takeSecret, wipe } from './secrets.ts';
import { lackOf } from './use-submit.ts';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

describe('a secret that was typed', () => {
  it('leaves the field and becomes UTF-8 bytes', () => {
    const field = { value: 'Қорған1' };
    const taken = takeSecret(field);
    expect(field.value).toBe('');
    expect(taken).toEqual(new TextEncoder().encode('Қорған1'));
  });

  it('that is empty is no secret', () => {
    expect(takeSecret({ value: '' })).toBeNull();
    expect(takeSecret(null)).toBeNull();
  });

  it('is overwritten once it has been handed over', () => {
    const secret = bytes(1, 2, 3);
    wipe(secret, null);
    expect(secret).toEqual(bytes(0, 0, 0));
  });

  it('is the same only byte for byte', () => {
    expect(areSame(bytes(1, 2), bytes(1, 2))).toBe(true);
    expect(areSame(bytes(1, 2), bytes(1, 3))).toBe(false);
    expect(areSame(bytes(1, 2), bytes(1, 2, 0))).toBe(false);
    expect(areSame(null, null)).toBe(false);
  });
});

describe('what a prompt misses before it asks the card', () => {
  const asks = {
    pin: true,
    password: true,
    formerPassword: 'no',
    newRecognitionPhrase: true,
    activationCode: true,
  } as const;
  const taken = { pin: bytes(1), password: bytes(2), repeat: bytes(2), former: null };

  it('is named in the order of the fields', () => {
    expect(lackOf({ kind: 'enrol', asks }, { ...taken, pin: null }, 'phrase')).toBe('empty.pin');
    expect(lackOf({ kind: 'enrol', asks }, { ...taken, password: null }, 'phrase')).toBe('empty.password');
    expect(lackOf({ kind: 'enrol', asks }, { ...taken, repeat: bytes(3) }, 'phrase')).toBe('password.differs');
    expect(lackOf({ kind: 'enrol', asks }, taken, '  ')).toBe('empty.phrase');
    expect(lackOf({ kind: 'enrol', asks }, taken, 'phrase')).toBeNull();
  });

  it('is nothing where nothing is asked: a reader with a keypad takes the PIN itself', () => {
    const none = { pin: null, password: null, repeat: null, former: null };
    expect(
      lackOf(
        {
          kind: 'sign-act',
          asks: {
            pin: false,
            password: false,
            formerPassword: 'no',
            newRecognitionPhrase: false,
            activationCode: false,
          },
        },
        none,
        '',
      ),
    ).toBeNull();
  });

  it('is the former password of whoever changes his, and not of whoever starts a shift', () => {
    const changing = { ...asks, formerPassword: 'asked', newRecognitionPhrase: false } as const;
    expect(lackOf({ kind: 'change-password', asks: changing }, taken, '')).toBe('empty.password.former');
    const both = { ...taken, former: bytes(4) };
    expect(lackOf({ kind: 'change-password', asks: changing }, both, '')).toBeNull();
    expect(lackOf({ kind: 'change-password', asks: changing }, { ...both, repeat: bytes(4) }, '')).toBe(
      'password.differs',
    );
    expect(lackOf({ kind: 'start-shift', asks: changing }, taken, '')).toBeNull();
  });

  it('repeats no password but a new one', () => {
    const started = { ...taken, repeat: null };
    expect(lackOf({ kind: 'start-shift', asks: { ...asks, newRecognitionPhrase: false } }, started, '')).toBeNull();
  });
});
