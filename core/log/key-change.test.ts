import { describe, expect, it } from 'vitest';
import { sha256, testKey, testMlDsa44Key, verifyEd25519, type TestKey } from '../../tests/support/index.ts';
import { toHex, type ActionId, type PlatformId, type Sha256Hex } from '../kernel/index.ts';
import { canonicalize, documentKeyId, type Json, type SignedDocument } from '../signing/index.ts';
import {
  checkpointText,
  commitment,
  createFrontier,
  followKey,
  formatNoteKey,
  formatOpening,
  formatProof,
  inclusionPath,
  leafHash,
  leafText,
  logKeyAt,
  logKeyChangeText,
  logOrigin,
  noteKey,
  noteKeyTypes,
  openPinnedCheckpoint,
  signNote,
  type KeyRotation,
  type Leaf,
  type LogKeyChange,
  type NoteKey,
} from './index.ts';

const platform = 'a1b2c3' as PlatformId;
const origin = logOrigin('production', platform);
const [oldSigner, newSigner, thief] = [testKey('old log'), testKey('new log'), testKey('thief')];
const keyOf = (signer: TestKey, name = origin): NoteKey => noteKey(sha256, { name, publicKey: signer.publicKey });
const beside = noteKey(sha256, {
  name: origin,
  publicKey: testMlDsa44Key('new log beside').publicKey,
  type: noteKeyTypes.subtree,
});
const ports = { sha256, verifyEd25519 };
const salt = sha256('salt');

const change: LogKeyChange = {
  form: 'qorgan.log-key/1',
  platform,
  profile: 'production',
  before: formatNoteKey(keyOf(oldSigner)),
  key: formatNoteKey(keyOf(newSigner)),
  mlDsa44Key: formatNoteKey(beside),
  fromSize: 6,
  atMs: 1_790_000_000_000,
};

type Plan = {
  readonly change?: Partial<LogKeyChange>;
  readonly documentBy?: readonly TestKey[];
  readonly headBy?: readonly TestKey[];
  readonly leaf?: Partial<Leaf>;
  /** Leaves before and after that of the change. */
  readonly around?: readonly [number, number];
};

function signed(text: string, keys: readonly TestKey[]): SignedDocument {
  const signatures = keys.map((key) => ({
    key: documentKeyId(sha256, key.publicKey),
    signature: Buffer.from(key.sign(text)).toString('base64'),
  }));
  return { document: text, signatures };
}

/** A rotation as a server makes it, changed as the plan says. */
function rotationOf(plan: Plan = {}): KeyRotation {
  const text = logKeyChangeText({ ...change, ...plan.change });
  const document = signed(text, plan.documentBy ?? [testKey('platform'), oldSigner, newSigner]);
  const [envelope, cms] = [text, canonicalize(document.signatures as unknown as Json)].map((part) => sha256(part));
  if (envelope === undefined || cms === undefined) throw new Error('two hashes');
  const leaf = leafText({
    ...{ v: 1, platform, kind: 'policy', actionId: 'x1' as ActionId, device: null, epoch: null, sequence: 0 },
    commitment: commitment({ sha256, salt, envelopeHash: envelope, cmsHash: cms }),
    ...{ validation: null, outcome: 'accepted', receivedAtMs: change.atMs },
    ...plan.leaf,
  });
  const [before, after] = plan.around ?? [5, 0];
  const size = before + 1 + after;
  const hashes = new Map<string, Uint8Array>();
  const frontier = createFrontier({ sha256 });
  for (let i = 0; i < size; i += 1)
    frontier.append(leafHash(sha256, i === before ? leaf : `other ${i}`), (level, index, hash) =>
      hashes.set(`${level}/${index}`, hash),
    );
  const readHash = (level: number, index: number): Uint8Array => hashes.get(`${level}/${index}`) ?? new Uint8Array();
  const head = checkpointText({ origin, size, root: frontier.root() });
  const notes = (plan.headBy ?? [oldSigner, newSigner]).map(({ publicKey, sign }) =>
    signNote({ text: head, key: noteKey(sha256, { name: origin, publicKey }), sign }),
  );
  const checkpoint = `${head}\n${notes.map((note) => note.slice(head.length + 1)).join('')}`;
  const hex = (hash: Uint8Array): Sha256Hex => toHex(hash) as Sha256Hex;
  const extra = formatOpening({ leaf, salt, envelope: hex(envelope), cms: hex(cms) });
  const path = inclusionPath({ sha256, readHash, index: before, size });
  return { document, proof: formatProof({ extra, index: before, path, checkpoint }) };
}

describe('a change of the log key', () => {
  it('leads from the pinned key to the new one, at the size of the head that both signed', () => {
    const followed = followKey(rotationOf(), keyOf(oldSigner), ports);
    expect(followed).toMatchObject({
      ok: true,
      value: { key: keyOf(newSigner), mlDsa44Key: beside, head: { size: 6 } },
    });
  });

  it.each<readonly [string, Plan]>([
    ['a document that the old key did not sign', { documentBy: [testKey('platform'), newSigner] }],
    ['a document that the new key did not sign', { documentBy: [testKey('platform'), oldSigner] }],
    ['a document that another key signed in the place of the old one', { documentBy: [thief, newSigner] }],
    ['a head that the old key did not sign', { headBy: [newSigner] }],
    ['a head that the new key did not sign', { headBy: [oldSigner] }],
    ['a head that another key signed in the place of the old one', { headBy: [thief, newSigner] }],
    ['a leaf that is not the last one of its tree', { around: [5, 2] }],
    ['a leaf at another place than the change says', { around: [4, 1] }],
    ['a size that the head has not', { change: { fromSize: 5 } }],
    ['a leaf that is no policy', { leaf: { kind: 'act' } }],
    ['a leaf of a refused act', { leaf: { outcome: 'refused:input-malformed' } }],
    ['a leaf of another commitment', { leaf: { commitment: toHex(sha256('other')) as Sha256Hex } }],
    ['another key before it', { change: { before: formatNoteKey(keyOf(thief)) } }],
    ['a new key of another log', { change: { key: formatNoteKey(keyOf(newSigner, 'qorgan.other')) } }],
    ['a new key that is none', { change: { key: 'none' } }],
    ['an ML-DSA-44 key that is none', { change: { mlDsa44Key: formatNoteKey(keyOf(newSigner)) } }],
    ['another platform', { change: { platform: 'other' as PlatformId } }],
    ['another form', { change: { form: 'qorgan.log-key/2' as 'qorgan.log-key/1' } }],
    ['a member too many', { change: { note: 'x' } as Partial<LogKeyChange> }],
  ])('with %s leads nowhere', (_what, plan) => {
    const followed = followKey(rotationOf(plan), keyOf(oldSigner), ports);
    expect(!followed.ok && followed.refusal.code).toBe('log-key-change-invalid');
  });

  it('leads nowhere from a key that it does not name, and not in the other direction', () => {
    for (const signer of [thief, newSigner]) expect(followKey(rotationOf(), keyOf(signer), ports).ok).toBe(false);
  });
});

describe('the pins of a log', () => {
  const pins = [
    { key: keyOf(oldSigner), fromSize: 0 },
    { key: keyOf(newSigner), fromSize: 6 },
  ] as const;
  const noteOf = (size: number, signer: TestKey): string =>
    signNote({
      text: checkpointText({ origin, size, root: sha256(`${size}`) }),
      key: keyOf(signer),
      sign: signer.sign,
    });

  it('believe each key for its own trees alone: one that was replaced is worth nothing for a later tree', () => {
    const isBelieved = (size: number, signer: TestKey): boolean =>
      openPinnedCheckpoint({ note: noteOf(size, signer), pins, verifyEd25519 }).ok;
    expect([0, 5, 6, 7].map((size) => isBelieved(size, oldSigner))).toEqual([true, true, false, false]);
    expect([0, 5, 6, 7].map((size) => isBelieved(size, newSigner))).toEqual([false, false, true, true]);
    expect(logKeyAt(pins, 1_000).id).toBe(keyOf(newSigner).id);
  });
});
