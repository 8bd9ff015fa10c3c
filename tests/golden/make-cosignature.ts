import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toHex } from '../../core/kernel/index.ts';
import { cosignedMessage, cosignNote, formatNoteKey, noteKey, noteKeyTypes, parseCheckpoint } from '../../core/log/index.ts';
import { sha256, testMlDsa44Key } from '../support/index.ts';
import { checkpoint, cosigned } from './log.ts';

const witness = testMlDsa44Key('qorgan golden witness key');
export const atSeconds = 1_795_400_061;
export const key = noteKey(sha256, { name: 'witness.example/1', publicKey: witness.publicKey, type: noteKeyTypes.subtree });

/** What the witness signs over the checkpoint of the vectors. */
export function messageHex(): string {
  const head = parseCheckpoint(checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1));
  if (!head.ok) throw new Error('golden: the vectors have a checkpoint');
  return toHex(cosignedMessage({ cosigner: key.name, atSeconds, checkpoint: head.value }));
}

// Run by hand, once, after a decision: `node tests/golden/make-cosignature.ts --write`. Each run makes another signature.
if (process.argv[1] === import.meta.filename && process.argv.includes('--write')) {
  const note = cosignNote({ note: cosigned, key, atSeconds, sign: witness.sign });
  if (!note.ok) throw new Error('golden: the checkpoint can be cosigned');
  const files = { 'checkpoint.note': note.value, 'message.hex': `${messageHex()}\n`, 'witness.key': `${formatNoteKey(key)}\n` };
  for (const [name, text] of Object.entries(files)) writeFileSync(resolve(import.meta.dirname, 'cosignature', name), text);
}
