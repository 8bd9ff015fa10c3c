import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { flipBit, seeded, sha256, testKey, testMlDsa44Key, verifyEd25519 } from '../../tests/support/index.ts';
import type { PlatformId } from '../kernel/index.ts';
import {
  checkpointText,
  cosignedMessage,
  cosignNote,
  formatNote,
  formatNoteKey,
  logOrigin,
  noteKey,
  noteKeyTypes,
  noteSignaturesMax,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseNoteKey,
  signNote,
} from './index.ts';

const log = testKey('log');
const logKey = noteKey(sha256, { name: 'qorgan.example', publicKey: log.publicKey });
const text = checkpointText({ origin: 'qorgan.example', size: 7, root: sha256('root') });
const note = signNote({ text, key: logKey, sign: log.sign });
const codeOf = (result: { readonly ok: boolean; readonly refusal?: { readonly code: string } }): string =>
  result.ok ? 'ok' : (result.refusal?.code ?? '');

describe('a signed note', () => {
  it('is believed by its key, ignoring lines of unknown keys', () => {
    const stranger = testKey('stranger');
    const other = noteKey(sha256, { name: 'other.example', publicKey: stranger.publicKey });
    const line = signNote({ text, key: other, sign: stranger.sign }).slice(text.length + 1);
    const opened = openNote({ note: note + line, keys: [logKey], verifyEd25519 });
    expect(opened.ok && opened.value.text).toBe(text);
    expect(opened.ok && opened.value.signatures.length).toBe(1);
  });

  it('is not believed without a known key', () => {
    const stranger = noteKey(sha256, { name: 'qorgan.example', publicKey: testKey('stranger').publicKey });
    expect(codeOf(openNote({ note, keys: [stranger], verifyEd25519 }))).toBe('note-key-unknown');
  });

  it('is refused whole when a known key signed wrongly, though another signed rightly', () => {
    const second = testKey('second');
    const secondKey = noteKey(sha256, { name: 'second.example', publicKey: second.publicKey });
    const wrong = signNote({ text, key: secondKey, sign: () => new Uint8Array(64) }).slice(text.length + 1);
    expect(codeOf(openNote({ note: note + wrong, keys: [logKey, secondKey], verifyEd25519 }))).toBe(
      'note-signature-invalid',
    );
  });

  it('reads sixteen signatures of five kilobytes and refuses more than the limit', () => {
    const line = `— long.example ${Buffer.alloc(5_000, 7).toString('base64')}\n`;
    expect(codeOf(parseNote(`${text}\n${line.repeat(16)}`))).toBe('ok');
    const short = '— short.example AAAAAAA=\n';
    expect(codeOf(parseNote(`${text}\n${short.repeat(noteSignaturesMax)}`))).toBe('ok');
    expect(codeOf(parseNote(`${text}\n${short.repeat(noteSignaturesMax + 1)}`))).toBe('note-too-large');
    expect(codeOf(parseNote(`${text}\n${line.repeat(40)}`))).toBe('note-too-large');
  });

  it.each([
    ['without signatures', text],
    ['with an empty signature block', `${text}\n`],
    ['without the last line feed', note.slice(0, -1)],
    ['with a carriage return', note.replace('\n', '\r\n')],
    ['with a tab', note.replace('example', 'exa\tmple')],
    ['with a lone surrogate', note.replace('example', 'exa\uD800mple')],
    ['with a hyphen for the dash', note.replace('— ', '- ')],
    ['with a name that has a plus', note.replace('— qorgan', '— qor+gan')],
    ['with three words after the dash', note.replace(/\n$/u, ' x\n')],
    ['with a signature that is only a key id', `${text}\n— a.example AAAAAA==\n`],
  ])('%s is malformed', (_what, malformed) => {
    expect(codeOf(parseNote(malformed))).toBe('note-malformed');
  });

  it('reads back every key text and refuses each change of one character', () => {
    const keyText = formatNoteKey(logKey);
    const parsed = parseNoteKey(sha256, keyText);
    expect(parsed.ok && parsed.value).toEqual(logKey);
    for (let i = 0; i < keyText.length; i += 1) {
      const changed = keyText.slice(0, i) + (keyText.charAt(i) === 'x' ? 'y' : 'x') + keyText.slice(i + 1);
      expect(parseNoteKey(sha256, changed).ok, `character ${i}`).toBe(false);
    }
  });

  it('opens the example key of the Go checksum database', () => {
    const parsed = parseNoteKey(sha256, 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');
    expect(parsed.ok && parsed.value.id).toBe('033de0ae');
  });
});

describe('a cosignature', () => {
  const witness = testKey('witness');
  const witnessKey = noteKey(sha256, {
    name: 'witness.example',
    publicKey: witness.publicKey,
    type: noteKeyTypes.cosignature,
  });

  it('says when the witness saw the tree head, and replaces an earlier one', () => {
    const once = cosignNote({ note, key: witnessKey, atSeconds: 1_700_000_000, sign: witness.sign });
    const twice = once.ok
      ? cosignNote({ note: once.value, key: witnessKey, atSeconds: 1_800_000_000, sign: witness.sign })
      : once;
    const opened = openNote({ note: twice.ok ? twice.value : '', keys: [logKey, witnessKey], verifyEd25519 });
    expect(opened.ok && opened.value.signatures).toEqual([
      { key: logKey },
      { key: witnessKey, atSeconds: 1_800_000_000 },
    ]);
  });

  it('with another time than the signed one is refused', () => {
    const good = cosignNote({ note, key: witnessKey, atSeconds: 1_700_000_000, sign: witness.sign });
    const parsed = parseNote(good.ok ? good.value : '');
    const line = parsed.ok ? parsed.value.signatures[1] : undefined;
    const bytes = Buffer.from([...Buffer.from(witnessKey.id, 'hex'), ...(line?.signature ?? [])]);
    const earlier = Buffer.from(bytes);
    earlier[11] = (earlier[11] ?? 0) ^ 1;
    const changed = (good.ok ? good.value : '').replace(bytes.toString('base64'), earlier.toString('base64'));
    expect(codeOf(openNote({ note: changed, keys: [witnessKey], verifyEd25519 }))).toBe('note-signature-invalid');
  });
});

describe('a checkpoint', () => {
  it('is opened by the log key whose name is its origin', () => {
    const opened = openCheckpoint({ note, logKey, verifyEd25519 });
    expect(opened.ok && opened.value).toEqual({ origin: 'qorgan.example', size: 7, root: sha256('root') });
  });

  it('of another origin is refused though the key signed it', () => {
    const foreign = signNote({ text: text.replace('qorgan.example', 'qorgan.other'), key: logKey, sign: log.sign });
    expect(codeOf(openCheckpoint({ note: foreign, logKey, verifyEd25519 }))).toBe('checkpoint-other-log');
  });

  it('of a demonstration says so in its origin', () => {
    const platform = 'p1' as PlatformId;
    expect([logOrigin('demo', platform), logOrigin('production', platform)]).toEqual(['demo.qorgan.p1', 'qorgan.p1']);
  });

  it.each([
    ['without a root', 'o\n1\n'],
    ['with a leading zero', text.replace('\n7\n', '\n07\n')],
    ['with a sign', text.replace('\n7\n', '\n+7\n')],
    ['with a size beyond 2^53', text.replace('\n7\n', '\n9007199254740993\n')],
    ['with an extension line', `${text}more\n`],
    ['with a short root', 'o\n1\nAAAA\n'],
    ['without an origin', text.replace('qorgan.example', '')],
  ])('%s is malformed', (_what, malformed) => {
    expect(codeOf(parseCheckpoint(malformed))).toBe('checkpoint-malformed');
  });

  it('is not believed after any change of one character', () => {
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.constantFrom('x', 'A', '1', '\n', ' ', '='), (at, character) => {
        fc.pre(note.charAt(at) !== character);
        const changed = note.slice(0, at) + character + note.slice(at + 1);
        expect(openCheckpoint({ note: changed, logKey, verifyEd25519 }).ok).toBe(false);
      }),
      seeded('checkpoint mutations', 500),
    );
  });
});

describe('an ML-DSA-44 cosignature', () => {
  const witness = testMlDsa44Key('witness');
  const name = 'witness.example';
  const witnessKey = noteKey(sha256, { name, publicKey: witness.publicKey, type: noteKeyTypes.subtree });
  const atSeconds = 1_700_000_000;
  const cosigned = cosignNote({ note, key: witnessKey, atSeconds, sign: witness.sign });
  const good = cosigned.ok ? cosigned.value : '';
  const keys = [logKey, witnessKey];

  it('says when the witness saw the tree head, and its key text reads back', () => {
    const opened = openNote({ note: good, keys, verifyEd25519, verifyMlDsa44 });
    expect(opened.ok && opened.value.signatures).toEqual([{ key: logKey }, { key: witnessKey, atSeconds }]);
    const parsed = parseNoteKey(sha256, formatNoteKey(witnessKey));
    expect(parsed.ok && parsed.value).toEqual(witnessKey);
  });

  it('signs the structure of the specification, byte by byte', () => {
    const checkpoint = { origin: 'a.b', size: 258, root: sha256('root') };
    const hex = [
      Buffer.from('subtree/v1\n\0').toString('hex'),
      `03${Buffer.from('w/1').toString('hex')}`,
      '000000006553f100',
      `03${Buffer.from('a.b').toString('hex')}`,
      '0000000000000000',
      '0000000000000102',
      Buffer.from(sha256('root')).toString('hex'),
    ].join('');
    expect(Buffer.from(cosignedMessage({ cosigner: 'w/1', atSeconds, checkpoint })).toString('hex')).toBe(hex);
  });

  it('does not hold without a verifier, for another head, or under another name of the same key', () => {
    expect(codeOf(openNote({ note: good, keys, verifyEd25519 }))).toBe('note-signature-invalid');
    const other = signNote({ text: text.replace('\n7\n', '\n8\n'), key: logKey, sign: log.sign });
    const line = good.slice(note.length);
    expect(codeOf(openNote({ note: other + line, keys, verifyEd25519, verifyMlDsa44 }))).toBe('note-signature-invalid');
    const alias = noteKey(sha256, { name: 'other.example', publicKey: witness.publicKey, type: noteKeyTypes.subtree });
    const parsed = parseNote(good);
    const signature = parsed.ok ? parsed.value.signatures[1]?.signature : undefined;
    const renamed = formatNote({
      text,
      signatures: [{ name: alias.name, id: alias.id, signature: signature ?? new Uint8Array() }],
    });
    expect(codeOf(openNote({ note: renamed, keys: [alias], verifyEd25519, verifyMlDsa44 }))).toBe(
      'note-signature-invalid',
    );
  });

  it('does not hold after any change of one bit of its line', () => {
    const parsed = parseNote(good);
    const line = parsed.ok ? parsed.value.signatures[1] : undefined;
    if (line === undefined) throw new Error('the note has a cosignature');
    fc.assert(
      fc.property(fc.nat(line.signature.length - 1), (at) => {
        const changed = formatNote({ text, signatures: [{ ...line, signature: flipBit(line.signature, at) }] });
        expect(openNote({ note: changed, keys, verifyEd25519, verifyMlDsa44 }).ok).toBe(false);
      }),
      seeded('ML-DSA-44 cosignature mutations', 300),
    );
  });

  it('cannot be made over what is no checkpoint', () => {
    const other = signNote({ text: 'some text\n', key: logKey, sign: log.sign });
    expect(codeOf(cosignNote({ note: other, key: witnessKey, atSeconds, sign: witness.sign }))).toBe('note-malformed');
  });
});
