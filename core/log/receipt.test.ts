import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { seeded, sha256, testKey, testMlDsa44Key, verifyEd25519 } from '../../tests/support/index.ts';
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
  cosignNote,
  createFrontier,
  formatNoteKey,
  formatOpening,
  formatProof,
  inclusionPath,
  leafHash,
  leafText,
  logOrigin,
  noteKey,
  noteKeyTypes,
  parseLeaf,
  parseOpening,
  parseProof,
  parseWitnessPolicy,
  policyOfKeys,
  signNote,
  upToLastHead,
  verifyReceipt,
  type Leaf,
  type NoteKey,
  type NoteKeyType,
  type WitnessPolicy,
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

  it('says whether the log signed by the ML-DSA-44 key that the reader gives, and is good without that line', () => {
    const beside = testMlDsa44Key('log beside');
    const key = noteKey(sha256, { name: logKey.name, publicKey: beside.publicKey, type: noteKeyTypes.subtree });
    const text = proof.slice(0, proof.lastIndexOf('\n\n', proof.lastIndexOf('\n\n') - 1) + 2);
    const signed = cosignNote({ note: proof.slice(text.length), key, atSeconds: 1_790_000_000, sign: beside.sign });
    if (!signed.ok) throw new Error('the note is well-formed');
    const both = `${keyText}\n${formatNoteKey(key)}\n`;
    const factsBy = (receipt: string, keys: string) => {
      const verdict = verifyReceipt({ proof: receipt, logKey: keys, ...ports, verifyMlDsa44 });
      return verdict.verdict === 'good' ? [verdict.facts.isMlDsa44Signed, verdict.facts.level] : verdict.reason;
    };
    expect(factsBy(text + signed.value, both)).toEqual([true, 'log']);
    expect(factsBy(text + signed.value, keyText)).toEqual([undefined, 'log']);
    expect(factsBy(proof, both)).toEqual([false, 'log']);
    const spoilt = text + signed.value.replace(/.{4}\n$/u, 'AAA=\n');
    expect(factsBy(spoilt, both)).toBe('receipt-signature-wrong');
    expect(factsBy(spoilt, keyText)).toEqual([undefined, 'log']);
    // The log itself is nobody's witness, by either of its keys.
    const witnesses = policyOfKeys([key]);
    const verdict = verifyReceipt({ proof: text + signed.value, logKey: both, witnesses, ...ports, verifyMlDsa44 });
    expect(verdict).toMatchObject({ verdict: 'cannot-tell', reason: 'witness-policy-malformed' });
    expect(factsBy(proof, formatNoteKey(key))).toBe('log-key-malformed');
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

describe('the level of a receipt', () => {
  const atSeconds = 1_795_400_000;
  const key = (label: string, type: NoteKeyType): NoteKey =>
    noteKey(sha256, {
      name: `${label}.example`,
      type,
      publicKey: (type === noteKeyTypes.subtree ? testMlDsa44Key(label) : testKey(label)).publicKey,
    });
  const bank = key('bank', noteKeyTypes.cosignature);
  const regulator = key('regulator', noteKeyTypes.subtree);
  const desk = key('desk', noteKeyTypes.cosignature);
  const signers = new Map([
    [bank, testKey('bank').sign],
    [regulator, testMlDsa44Key('regulator').sign],
    [desk, testKey('desk').sign],
  ]);

  function cosignedBy(...cosigners: readonly NoteKey[]): string {
    const parsed = parseProof(proof);
    if (!parsed.ok) throw new Error('the receipt is a proof');
    let { checkpoint } = parsed.value;
    for (const cosigner of cosigners) {
      const sign = signers.get(cosigner);
      const note = sign === undefined ? undefined : cosignNote({ note: checkpoint, key: cosigner, atSeconds, sign });
      if (note?.ok !== true) throw new Error('the checkpoint can be cosigned');
      checkpoint = note.value;
    }
    return formatProof({ ...parsed.value, checkpoint });
  }
  const ask = (cosigners: readonly NoteKey[], witnesses: WitnessPolicy) => {
    const question = { proof: cosignedBy(...cosigners), logKey: keyText, witnesses, operatorKeys: [desk] };
    return verifyReceipt({ ...question, ...ports, verifyMlDsa44 });
  };
  const levelOf = (cosigners: readonly NoteKey[], witnesses: WitnessPolicy): string => {
    const verdict = ask(cosigners, witnesses);
    return verdict.verdict === 'good' ? verdict.facts.level : verdict.reason;
  };
  const both = policyOfKeys([bank, regulator]);

  it('is external where all that the reader wants have cosigned, and says who and when', () => {
    const verdict = ask([bank, regulator, desk], both);
    expect(verdict.verdict === 'good' && verdict.facts).toMatchObject({
      level: 'external',
      cosigners: [
        { name: 'bank.example', isOutside: true, atSeconds },
        { name: 'regulator.example', isOutside: true, atSeconds },
        { name: 'desk.example', isOutside: false, atSeconds },
      ],
    });
  });

  it('is not external where one is missing, where nobody is wanted, or where only the operator cosigned', () => {
    expect(levelOf([bank, desk], both)).toBe('operator');
    expect(levelOf([bank], both)).toBe('log');
    expect(levelOf([regulator, desk], policyOfKeys([bank, regulator], 0))).toBe('operator');
    expect(levelOf([bank], policyOfKeys([bank, regulator], 1))).toBe('external');
    expect(levelOf([desk], policyOfKeys([bank]))).toBe('operator');
    expect(levelOf([], policyOfKeys([]))).toBe('log');
  });

  it('is not told where the log or the operator is named as an outside witness', () => {
    expect(levelOf([desk], policyOfKeys([desk]))).toBe('witness-policy-malformed');
    const log2 = noteKey(sha256, { name: 'x.example', publicKey: log.publicKey, type: noteKeyTypes.cosignature });
    expect(levelOf([bank], policyOfKeys([bank, log2], 1))).toBe('witness-policy-malformed');
  });

  it('is never told of a receipt with a false line of a trusted witness', () => {
    const forged = cosignedBy(bank).replace(/.{8}\n$/u, 'AAAAAA==\n');
    const question = { proof: forged, logKey: keyText, witnesses: policyOfKeys([bank]), ...ports };
    expect(verifyReceipt(question)).toEqual({ verdict: 'bad', reason: 'receipt-cosignature-wrong' });
    // Somebody who does not know this witness ignores the line.
    expect(verifyReceipt({ proof: forged, logKey: keyText, ...ports }).verdict).toBe('good');
  });

  it('is all that is left of a receipt whose log was lost: up to the last head that the same witnesses vouch for', () => {
    const noteOf = (...cosigners: readonly NoteKey[]): string => {
      const parsed = parseProof(cosignedBy(...cosigners));
      if (!parsed.ok) throw new Error('the receipt is a proof');
      return parsed.value.checkpoint;
    };
    const left = (cosigners: readonly NoteKey[], lastHead: string, witnesses?: WitnessPolicy): string => {
      const question = { proof: cosignedBy(...cosigners), logKey: keyText, ...(witnesses && { witnesses }) };
      const asked = { ...question, ...ports, verifyMlDsa44 };
      const verdict = upToLastHead(verifyReceipt(asked), asked, lastHead);
      return verdict.verdict === 'good' ? 'good' : verdict.reason;
    };
    expect(left([bank, regulator], noteOf(bank, regulator), both)).toBe('good');
    expect(left([bank], noteOf(bank, regulator), both)).toBe('receipt-not-vouched');
    for (const head of [noteOf(bank), noteOf(), 'no note'])
      expect(left([bank, regulator], head, both)).toBe('head-not-vouched');
    expect(left([bank, regulator], noteOf(bank, regulator))).toBe('head-not-vouched');
    // A head of another log, and one that is older than the receipt.
    const vouched = (origin: string, size: number): string => {
      const text = checkpointText({ origin, size, root: sha256('root') });
      let note = signNote({ text, key: noteKey(sha256, { name: origin, publicKey: log.publicKey }), sign: log.sign });
      for (const cosigner of [bank, regulator]) {
        const sign = signers.get(cosigner);
        const next = sign === undefined ? undefined : cosignNote({ note, key: cosigner, atSeconds, sign });
        if (next?.ok !== true) throw new Error('the head can be cosigned');
        note = next.value;
      }
      return note;
    };
    const sizes = [8, 9, 10].map((size) => left([bank, regulator], vouched(logKey.name, size), both));
    expect(sizes).toEqual(['receipt-not-vouched', 'good', 'good']);
    expect(left([bank, regulator], vouched('qorgan.other', 10), both)).toBe('head-not-vouched');
  });

  it('is judged by the log keys of a policy where none is given', () => {
    const text = `log ${keyText}\nwitness b ${formatNoteKey(bank)}\nquorum b\n`;
    const policy = parseWitnessPolicy(sha256, text);
    if (!policy.ok) throw new Error('the policy is well-formed');
    const verdict = verifyReceipt({ proof: cosignedBy(bank), witnesses: policy.value, ...ports });
    expect(verdict.verdict === 'good' && verdict.facts.level).toBe('external');
    const other = {
      ...policy.value,
      logs: [{ key: noteKey(sha256, { name: logKey.name, publicKey: bank.publicKey }) }],
    };
    expect(verifyReceipt({ proof, witnesses: { ...other, witnesses: [] }, ...ports })).toEqual({
      verdict: 'bad',
      reason: 'receipt-log-key-other',
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
