import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseActEnvelope, parseDeviceRecord, parseEnrolmentBundle, parsePolicyDocument, parseSignInChallenge, parseStaffRecord } from '../../contracts/documents/index.ts';
import { openCheckpoint, openNote, parseNoteKey, verifyReceipt } from '../../core/log/index.ts';
import { canonicalize, envelopeSizeMax, parseCanonical, verifyDocument, type Json, type SignedDocument } from '../../core/signing/index.ts';
import { sha256, verifyEd25519 } from '../support/index.ts';
import { files } from './make.ts';

const folder = resolve(import.meta.dirname, 'vectors');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

type Text = { readonly value: Json; readonly text: string; readonly hash: string };
const envelopes = JSON.parse(read('envelopes.json')) as readonly Text[];
const documents = JSON.parse(read('documents.json')) as { readonly cases: readonly (Text & { readonly name: string; readonly signed: SignedDocument })[] };
const signIn = JSON.parse(read('sign-in.json')) as Text;
const journal = JSON.parse(read('journal.json')) as readonly Text[];
const log = JSON.parse(read('log.json')) as { readonly checkpoint: string; readonly cosigned: string; readonly keys: { readonly log: string; readonly witness: string }; readonly size: number };

describe('the golden vectors', () => {
  it('are all there, and recomputed to the last byte', () => {
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(files).toSorted());
    for (const [name, text] of Object.entries(files)) expect(read(name), name).toBe(text);
  });

  it('are written canonically whatever the order of their members', () => {
    for (const { value, text } of [...envelopes, ...documents.cases, signIn, ...journal]) {
      expect(JSON.stringify(value)).not.toBe(text);
      expect(canonicalize(value)).toBe(text);
      expect(parseCanonical(text, envelopeSizeMax)).toEqual({ ok: true, value });
    }
  });

  it('pass the doors that read them', () => {
    for (const { value, text } of envelopes) expect(parseActEnvelope(text)).toEqual({ ok: true, value });
    expect(parseSignInChallenge(signIn.text)).toEqual({ ok: true, value: signIn.value });
    const parsers = { device: parseDeviceRecord, staff: parseStaffRecord, policy: parsePolicyDocument, enrolment: parseEnrolmentBundle };
    for (const [name, parse] of Object.entries(parsers)) {
      const document = documents.cases.find((each) => each.name === name);
      expect(parse(document?.text ?? ''), name).toEqual({ ok: true, value: document?.value });
    }
  });

  it('are signed by the platform key', () => {
    const bundle = documents.cases.find(({ name }) => name === 'enrolment')?.value as { readonly platformKey: string };
    const publicKey = new Uint8Array(Buffer.from(bundle.platformKey, 'base64'));
    for (const { signed, text } of documents.cases) {
      expect(verifyDocument({ document: signed, publicKey, sha256, verifyEd25519 })).toEqual({ ok: true, value: text });
      const changed = { ...signed, document: signed.document.replace('1', '2') };
      expect(verifyDocument({ document: changed, publicKey, sha256, verifyEd25519 }).ok).toBe(false);
    }
  });

  it('have a checkpoint that the log and a witness signed', () => {
    const logKey = parseNoteKey(sha256, log.keys.log);
    const witness = parseNoteKey(sha256, log.keys.witness);
    if (!logKey.ok || !witness.ok) throw new Error('the keys are well-formed');
    const opened = openCheckpoint({ note: log.checkpoint, logKey: logKey.value, verifyEd25519 });
    expect(opened.ok && opened.value.size).toBe(log.size);
    const cosigned = openNote({ note: log.cosigned, keys: [logKey.value, witness.value], verifyEd25519 });
    expect(cosigned.ok && cosigned.value.signatures.map(({ atSeconds }) => atSeconds)).toEqual([undefined, 1_795_400_060]);
  });

  it('have a receipt that is good for its act and its signature', () => {
    const question = { proof: read('receipt.tlog-proof'), logKey: read('log.key').trim(), act: read('receipt-act.json'), sha256, verifyEd25519 };
    const signature = new Uint8Array(readFileSync(join(folder, 'receipt-signature.bin')));
    expect(verifyReceipt({ ...question, signature })).toMatchObject({ verdict: 'good', facts: { index: 9, size: 10 } });
  });
});

const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0 ? 'python3' : undefined;

/** A stranger's reading of a folder of vectors. */
function strangerReads(vectors: string): { readonly isGood: boolean; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(python ?? '', [resolve(import.meta.dirname, 'stranger.py'), vectors], { encoding: 'utf8', timeout: 30_000 });
  return { isGood: status === 0, said: stdout + stderr };
}

describe.skipIf(python === undefined)('a stranger without our code (needs python3 on the machine)', () => {
  it('computes the same hashes, trees, signatures and receipt', () => {
    expect(strangerReads(folder)).toEqual({ isGood: true, said: expect.stringMatching(/^\d+ checks\n$/u) });
  });

  it.each([
    ['envelopes.json', 'қайта', 'қайтa'],
    ['documents.json', '"Терезе № 3"', '"Терезе № 4"'],
    ['shown.json', 'мақұлдаймын', 'макулдаймын'],
    ['journal.json', '"sequence": 2', '"sequence": 3'],
    ['log.json', '"cosigned": "qorgan', '"cosigned": "korgan'],
    ['receipt.tlog-proof', 'index 9', 'index 8'],
    ['receipt-act.json', '"kk"', '"ru"'],
    ['log.key', 'AQ', 'Ag'],
  ])('finds a change in %s', (name, from, to) => {
    const copy = mkdtempSync(join(tmpdir(), 'golden-'));
    try {
      cpSync(folder, copy, { recursive: true });
      const text = read(name);
      const changed = text.replace(new RegExp(from, 'iu'), to);
      expect(changed).not.toBe(text);
      writeFileSync(join(copy, name), changed);
      expect(strangerReads(copy).isGood).toBe(false);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
