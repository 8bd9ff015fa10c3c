import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  noteKey,
  parseCheckpoint,
  parseNote,
  parseProof,
  type Checkpoint,
  type KeyRotation,
} from '../../core/log/index.ts';
import { newKey, TestPlatform, type SigningKey } from '../../tests/vault/platform.ts';
import { sha256 } from '../../eds/index.ts';
import { openLogKeyring } from './follow-key.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-follow-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const platform = new TestPlatform();
const keyOf = ({ publicKey }: SigningKey) => noteKey(sha256, { name: platform.origin, publicKey });

/** The head of a rotation, which a witness has vouched for before it hears of the rotation. */
function headOf(rotation: KeyRotation): Checkpoint {
  const proof = parseProof(rotation.proof);
  const note = proof.ok ? parseNote(proof.value.checkpoint) : proof;
  const head = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!head.ok) throw new Error('a rotation has a head');
  return head.value;
}

it('a witness follows a proven change at the head that it vouched for, for good, and believes each key for its trees alone', () => {
  const first = keyOf(platform.logKey);
  const open = () => openLogKeyring(folder, [first]);
  const rotation = platform.rotate();
  const head = headOf(rotation);
  const keyring = open();
  const idAt = (size: number): string | undefined => open().keysAt(platform.origin, size)[0]?.id;
  for (const known of [
    { ...head, size: head.size + 1 },
    { ...head, root: sha256('another tree') },
    { ...head, size: 0 },
  ])
    expect(keyring.follow(rotation, () => known)).toBe(false);
  expect(idAt(head.size)).toBe(first.id);
  expect(keyring.follow(rotation, () => head)).toBe(true);
  expect(keyring.follow(rotation, () => head)).toBe(false);
  expect([idAt(head.size - 1), idAt(head.size), idAt(1_000)]).toEqual([
    first.id,
    keyOf(platform.logKey).id,
    keyOf(platform.logKey).id,
  ]);
  const forged = platform.rotate(newKey());
  expect(open().follow(forged, () => headOf(forged))).toBe(false);
  expect(openLogKeyring(folder, [first]).keysAt('qorgan.other', 9)).toEqual([]);
  // A memory that was damaged is no memory: a replaced key would be believed again.
  writeFileSync(join(folder, 'followed'), readFileSync(join(folder, 'followed'), 'utf8').slice(0, 100));
  expect(open).toThrow();
});
