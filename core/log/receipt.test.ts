import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { seeded, sha256, testKey, verifyEd25519 } from '../../tests/support/index.ts';
import {
  toHex,
  type ActionId,
  type DeviceId,
  type JournalEpoch,
  type PlatformId,
  type Sha256Hex,
} from '../kernel/index.ts';
import {
  checkpointText,
  commitment,
  createFrontier,
  formatNoteKey,
  formatOpening,
  formatProof,
  inclusionPath,
  leafHash,
  leafText,
  logOrigin,
  noteKey,
  parseLeaf,
  parseOpening,
  parseProof,
  signNote,
  verifyReceipt,
  type Leaf,
} from './index.ts';

const platform = 'a1b2c3' as PlatformId;
const envelope = '{"form":"qorgan.act/1","note":"Жүгінісхат қабылданды"}';
const cms = sha256('a signature');
const salt = sha256('salt');
const log = testKey('log');
const logKey = noteKey(sha256, { name: logOrigin('production', platform), publicKey: log.publicKey });
const keyText = formatNoteKey(logKey);

const leaf: Leaf = {
  v: 1,
  platform,
  kind: 'act',
  actionId: '0190f000-0000-7000-8000-000000000001' as ActionId,
  device: 'd1' as DeviceId,
  epoch: 'e1' as JournalEpoch,
  sequence: 1,
  commitment: commitment({ sha256, salt, envelopeHash: sha256(envelope), cmsHash: sha256(cms) }),
  validation: null,
  outcome: 'accepted',
  receivedAtMs: 1_790_000_000_000,
};

/** A receipt of our leaf at place 5 of a log of 9. */
function receiptOf(text: string, origin: string = logKey.name): string {
  const hashes = new Map<string, Uint8Array>();
  const frontier = createFrontier({ sha256 });
  for (let i = 0; i < 9; i += 1) {
    frontier.append(leafHash(sha256, i === 5 ? text : `other ${i}`), (level, index, hash) =>
      hashes.set(`${level}/${index}`, hash),
    );
  }
  const readHash = (level: number, index: number): Uint8Array => hashes.get(`${level}/${index}`) ?? new Uint8Array();
  const extra = formatOpening({
    leaf: text,
    salt,
    envelope: toHex(sha256(envelope)) as Sha256Hex,
    cms: toHex(sha256(cms)) as Sha256Hex,
  });
  const checkpoint = signNote({
    text: checkpointText({ origin, size: 9, root: frontier.root() }),
    key: logKey,
    sign: log.sign,
  });
  return formatProof({ extra, index: 5, path: inclusionPath({ sha256, readHash, index: 5, size: 9 }), checkpoint });
}

const proof = receiptOf(leafText(leaf));
const ports = { sha256, verifyEd25519 };

describe('a receipt', () => {
  it('is good by the trusted key, for its act and its signature', () => {
    const verdict = verifyReceipt({ proof, logKey: keyText, platform, act: envelope, signature: cms, ...ports });
    expect(verdict).toMatchObject({
      verdict: 'good',
      facts: { index: 5, size: 9, leaf, level: 'log', isDemo: false, isGivenAct: true },
    });
  });

  it('says what it can without an act', () => {
    const verdict = verifyReceipt({ proof, logKey: keyText, ...ports });
    expect(verdict.verdict).toBe('good');
    expect(verdict.verdict === 'good' && 'isGivenAct' in verdict.facts).toBe(false);
  });

  it('without a trusted key answers that it cannot tell', () => {
    expect(verifyReceipt({ proof, act: envelope, ...ports })).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'log-key-absent',
    });
    expect(verifyReceipt({ proof, logKey: 'no key', ...ports })).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'log-key-malformed',
    });
  });

  it.each([
    ['another act', { act: `${envelope} ` }, 'receipt-other-act'],
    ['another signature', { signature: salt }, 'receipt-other-signature'],
    ['another platform', { platform: 'other' as PlatformId }, 'receipt-other-platform'],
    [
      'a key of another log',
      { logKey: formatNoteKey(noteKey(sha256, { name: 'qorgan.other', publicKey: log.publicKey })) },
      'receipt-log-key-other',
    ],
    [
      'another key of the same name',
      { logKey: formatNoteKey(noteKey(sha256, { name: logKey.name, publicKey: testKey('x').publicKey })) },
      'receipt-log-key-other',
    ],
    ['a signature by nobody', { proof: proof.replace(/.{8}\n$/u, 'AAAAAA==\n') }, 'receipt-signature-wrong'],
    ['no text at all', { proof: '' }, 'receipt-malformed'],
    ['a log of another platform', { proof: receiptOf(leafText(leaf), 'qorgan.other') }, 'receipt-other-platform'],
    [
      'a commitment to something else',
      { proof: receiptOf(leafText({ ...leaf, commitment: '0'.repeat(64) as Sha256Hex })) },
      'receipt-opening-wrong',
    ],
  ])('with %s is bad and says why', (_what, change, reason) => {
    expect(verifyReceipt({ proof, logKey: keyText, ...ports, ...change })).toEqual({ verdict: 'bad', reason });
  });

  it('whose leaf was changed to another outcome is bad', () => {
    const parsed = parseProof(proof);
    const opening = parsed.ok && parsed.value.extra !== undefined ? parseOpening(parsed.value.extra) : undefined;
    if (!parsed.ok || opening?.ok !== true) throw new Error('the receipt has an opening');
    const extra = formatOpening({ ...opening.value.opening, leaf: leafText({ ...leaf, outcome: 'superseded' }) });
    const forged = formatProof({ ...parsed.value, extra });
    expect(verifyReceipt({ proof: forged, logKey: keyText, ...ports })).toEqual({
      verdict: 'bad',
      reason: 'receipt-path-wrong',
    });
  });
});

describe('a receipt with one byte changed', () => {
  let bytes: Buffer;
  beforeAll(() => {
    bytes = Buffer.from(proof);
  });

  it('is never good', () => {
    fc.assert(
      fc.property(fc.nat(Buffer.from(proof).length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(
          verifyReceipt({ proof: changed.toString('utf8'), logKey: keyText, act: envelope, signature: cms, ...ports })
            .verdict,
        ).not.toBe('good');
      }),
      seeded('receipt mutations', 2_000),
    );
  });
});

describe('a leaf', () => {
  it('reads back from its text', () => {
    const parsed = parseLeaf(leafText(leaf));
    expect(parsed.ok && parsed.value).toEqual(leaf);
  });

  it.each([
    ['an extra member', { ...leaf, more: 1 }],
    ['no platform', { ...leaf, platform: '' }],
    ['an unknown kind', { ...leaf, kind: 'other' }],
    ['an unknown outcome', { ...leaf, outcome: 'refused:' }],
    ['a short commitment', { ...leaf, commitment: 'ab' }],
    ['another version', { ...leaf, v: 2 }],
    ['a sequence without a device', { ...leaf, device: null, epoch: null }],
    ['a negative time', { ...leaf, receivedAtMs: -1 }],
  ])('with %s is malformed', (_what, malformed) => {
    expect(parseLeaf(leafText(malformed as unknown as Leaf)).ok).toBe(false);
  });
});
