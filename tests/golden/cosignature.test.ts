import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatNoteKey, openNote, parseNoteKey } from '../../core/log/index.ts';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { sha256, verifyEd25519 } from '../support/index.ts';
import { cosigned, keyTexts } from './log.ts';
import { atSeconds, key, messageHex } from './make-cosignature.ts';

const read = (name: string): string => readFileSync(join(resolve(import.meta.dirname, 'cosignature'), name), 'utf8');

describe('the golden ML-DSA-44 cosignature', () => {
  it('is over the recomputed message, by the recomputed key, beside the older lines', () => {
    expect(read('message.hex')).toBe(`${messageHex()}\n`);
    expect(read('witness.key')).toBe(`${formatNoteKey(key)}\n`);
    expect(read('checkpoint.note').startsWith(cosigned)).toBe(true);
  });

  it('is believed with the log and the Ed25519 witness, and not with one character changed', () => {
    const keys = [keyTexts.log, keyTexts.witness, read('witness.key').trim()].map((text) => {
      const parsed = parseNoteKey(sha256, text);
      if (!parsed.ok) throw new Error('the keys are well-formed');
      return parsed.value;
    });
    const note = read('checkpoint.note');
    const opened = openNote({ note, keys, verifyEd25519, verifyMlDsa44 });
    expect(opened.ok && opened.value.signatures.map((one) => one.atSeconds)).toEqual([undefined, 1_795_400_060, atSeconds]);
    const changed = note.replace(/.{5}\n$/u, 'AAA=\n');
    expect(openNote({ note: changed, keys, verifyEd25519, verifyMlDsa44 }).ok).toBe(false);
  });
});
