import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { PolicyDocument } from '../../core/access/index.ts';
import { evidenceSubject, type EvidenceDescriptor, type EvidenceDocument } from '../../core/evidence/index.ts';
import {
  toBase64,
  type ActionId,
  type DeviceId,
  type JournalEpoch,
  type PlatformId,
  type Sha256Hex,
} from '../../core/kernel/index.ts';
import {
  checkpointText,
  commitment,
  consistencyPath,
  formatNoteKey,
  formatOpening,
  formatProof,
  inclusionPath,
  leafHash,
  leafText,
  logCompromiseText,
  logKeyChangeText,
  logOrigin,
  noteKey,
  noteKeyTypes,
  promiseText,
  rootOf,
  signNote,
  type KeyRotation,
  type Leaf,
  type LeafOutcome,
} from '../../core/log/index.ts';
import {
  canonicalize,
  documentKeyId,
  signedDocument,
  type DeviceRecord,
  type HeadStatement,
  type Json,
  type SignedDocument,
} from '../../core/signing/index.ts';
import { wireDocument } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../native/vault-host/hash.ts';

const dayMs = 86_400_000;

/** A moment at which the tests live. */
export const startMs = Date.UTC(2026, 10, 23, 4);

export type SigningKey = { readonly privateKey: KeyObject; readonly publicKey: Uint8Array };

export function newKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey: Uint8Array.from(spki.subarray(spki.length - 32)) };
}

const ed25519 = (key: SigningKey, text: string): Uint8Array =>
  Uint8Array.from(sign(null, Buffer.from(text, 'utf8'), key.privateKey));

export type SentAct = {
  readonly actionId: ActionId;
  readonly sequence: number;
  readonly envelope: string;
  readonly cms: string;
};

/** A platform in memory, as far as a vault can see one: it signs bundles, promises and receipts over a real Merkle tree. */
export class TestPlatform {
  readonly platform = 'saraptama' as PlatformId;
  readonly profile: 'demo' | 'production';
  readonly #platformKey = newKey();
  #logKey = newKey();
  readonly #leaves: string[] = [];
  readonly device: DeviceId;
  /** What its enrolment bundles pin. */
  witnesses: { threshold: number; keys: readonly string[] } = { threshold: 0, keys: [] };

  constructor(profile: 'demo' | 'production' = 'demo', device = randomUUID() as DeviceId) {
    this.profile = profile;
    this.device = device;
  }

  /** The same log under the same key, begun anew: what somebody who rewrote it would show. */
  fork(): TestPlatform {
    const fork = new TestPlatform(this.profile, this.device);
    fork.#logKey = this.#logKey;
    return fork;
  }

  get origin(): string {
    return logOrigin(this.profile, this.platform);
  }

  #sign(document: Json): SignedDocument {
    const text = canonicalize(document);
    return signedDocument(text, documentKeyId(sha256, this.#platformKey.publicKey), ed25519(this.#platformKey, text));
  }

  #noteKey() {
    return noteKey(sha256, { name: this.origin, publicKey: this.#logKey.publicKey });
  }

  #root(size: number): Uint8Array {
    return rootOf({ sha256, size, readHash: (level, index) => this.#hashAt(level, index) });
  }

  #hashAt(level: number, index: number): Uint8Array {
    if (level === 0) return leafHash(sha256, this.#leaves[index] ?? '');
    return sha256(Uint8Array.of(1), this.#hashAt(level - 1, 2 * index), this.#hashAt(level - 1, 2 * index + 1));
  }

  checkpoint(): string {
    const size = this.#leaves.length;
    const root = size === 0 ? sha256('') : this.#root(size);
    return signNote({
      text: checkpointText({ origin: this.origin, size, root }),
      key: this.#noteKey(),
      sign: (text) => ed25519(this.#logKey, text),
    });
  }

  /** What this platform signs at a contact. */
  statement(heads: Pick<HeadStatement, 'epoch' | 'acts' | 'entries' | 'entriesBefore'>, atMs = startMs) {
    const { platform, profile, device } = this;
    const statement: HeadStatement = { form: 'qorgan.journal-heads/1', platform, profile, device, ...heads, atMs };
    return wireDocument(this.#sign(statement as unknown as Json));
  }

  /** That the key of its log was stolen, said by the platform key or, as a thief would, by the log key. */
  compromise(by: 'platform' | 'log' = 'platform') {
    const { platform, profile, origin } = this;
    const text = logCompromiseText({ form: 'qorgan.log-compromise/1', platform, profile, origin, atMs: startMs });
    const key = by === 'platform' ? this.#platformKey : this.#logKey;
    return wireDocument(signedDocument(text, documentKeyId(sha256, key.publicKey), ed25519(key, text)));
  }

  policy(): PolicyDocument {
    const all = ['registrar', 'reviewer', 'security-officer'] as const;
    return {
      form: 'qorgan.policy/1',
      platform: this.platform,
      profile: this.profile,
      version: 1,
      effectiveFromMs: startMs - dayMs,
      access: {
        acts: {
          'registration.submit': all,
          'registration.claim': all,
          'registration.release': all,
          'registration.return': all,
          'registration.approve': all,
          'registration.refuse': all,
        },
        reads: {
          registrar: ['registration'],
          reviewer: ['registration'],
          'security-officer': ['registration', 'operations'],
        },
      },
      registration: { claimTtlMs: 1_800_000 },
      clock: { warnDriftMs: 5_000, refuseDriftMs: 120_000 },
      sync: { promiseDeadlineMs: 2_000, offlineTtlMs: dayMs },
      signatures: { carriers: [], refusedPolicies: [], crlAgeMaxMs: dayMs },
    };
  }

  bundle(
    vault: { readonly publicKey: Uint8Array; readonly epoch: JournalEpoch },
    changes: Partial<DeviceRecord> = {},
  ): SignedDocument {
    const device: DeviceRecord = {
      form: 'qorgan.device/1',
      platform: this.platform,
      profile: this.profile,
      device: this.device,
      name: 'Жұмыс орны 1',
      kind: 'workstation',
      publicKey: toBase64(vault.publicKey),
      epoch: vault.epoch,
      enrolledAtMs: startMs,
      ...changes,
    };
    return this.#sign({
      form: 'qorgan.enrolment/1',
      platform: this.platform,
      profile: this.profile,
      operatorName: 'Сараптама сауда алаңы',
      log: { origin: this.origin, key: formatNoteKey(this.#noteKey()) },
      platformKey: toBase64(this.#platformKey.publicKey),
      server: { url: 'https://localhost:8443', spki: sha256Hex('spki'), certificate: '' },
      checkpoint: this.checkpoint(),
      anchors: [],
      intermediates: [],
      policy: this.#sign(this.policy() as unknown as Json),
      witnesses: this.witnesses,
      device: this.#sign(device as unknown as Json),
    } as unknown as Json);
  }

  /** Takes an act as the intake does: a promise now, and a place in the tree for the receipt. */
  take(act: SentAct, epoch: JournalEpoch, outcome: LeafOutcome = 'accepted', deadlineMs = startMs + 2_000) {
    const salt = Uint8Array.from(randomBytes(32));
    const envelope = sha256Hex(act.envelope);
    const cms = sha256Hex(Buffer.from(act.cms, 'base64'));
    const committed = commitment({
      sha256,
      salt,
      envelopeHash: Buffer.from(envelope, 'hex'),
      cmsHash: Buffer.from(cms, 'hex'),
    });
    const leaf: Leaf = {
      v: 1,
      platform: this.platform,
      kind: 'act',
      actionId: act.actionId,
      device: this.device,
      epoch,
      sequence: act.sequence,
      commitment: committed,
      validation: null,
      outcome,
      receivedAtMs: startMs,
    };
    const text = leafText(leaf);
    this.#leaves.push(text);
    const promised = {
      platform: this.platform,
      actionId: act.actionId,
      device: this.device,
      epoch,
      sequence: act.sequence,
      envelope,
    };
    const promise = this.#sign(
      JSON.parse(
        promiseText({
          form: 'qorgan.promise/1',
          ...promised,
          commitment: committed,
          outcome,
          receivedAtMs: startMs,
          deadlineMs,
        }),
      ) as Json,
    );
    return {
      promise,
      index: this.#leaves.length - 1,
      opening: formatOpening({ leaf: text, salt, envelope: envelope as Sha256Hex, cms: cms as Sha256Hex }),
    };
  }

  /** Logs the very leaf once more. */
  repeat<Taken extends { readonly index: number }>(taken: Taken): Taken {
    this.#leaves.push(this.#leaves[taken.index] ?? '');
    return { ...taken, index: this.#leaves.length - 1 };
  }

  /** Logs what an antivirus said of a piece of evidence, as the evidence store does. */
  takeEvidence(descriptor: EvidenceDescriptor, changes: Partial<EvidenceDocument> = {}) {
    const document = canonicalize({
      form: 'qorgan.evidence/1',
      ...{ platform: this.platform, profile: this.profile, device: this.device, descriptor },
      ...{ blob: sha256Hex('blob'), blobSizeBytes: descriptor.sizeBytes + 48 },
      keyId: evidenceSubject(descriptor.sha256),
      ...{ verdict: 'clean', found: null, antivirus: { engine: 'test', baseVersion: '1', baseAtMs: startMs } },
      ...{ receivedAtMs: startMs, examinedAtMs: startMs },
      ...changes,
    });
    const signed = this.#sign(JSON.parse(document) as Json);
    const salt = Uint8Array.from(randomBytes(32));
    const envelope = sha256Hex(document);
    const cms = sha256Hex(Buffer.from(signed.signatures[0]?.signature ?? '', 'base64'));
    const hashes = { envelopeHash: Buffer.from(envelope, 'hex'), cmsHash: Buffer.from(cms, 'hex') };
    const leaf: Leaf = {
      ...{ v: 1, platform: this.platform, kind: 'platform', actionId: randomUUID() as ActionId },
      ...{ device: null, epoch: null, sequence: 0, validation: null, outcome: 'accepted', receivedAtMs: startMs },
      commitment: commitment({ sha256, salt, ...hashes }),
    };
    const text = leafText(leaf);
    this.#leaves.push(text);
    const opening = formatOpening({ leaf: text, salt, envelope, cms });
    return { document, index: this.#leaves.length - 1, opening };
  }

  /** The log's key is replaced as a server does it; `forger` signs in the place of the old key. */
  rotate(forger?: SigningKey): KeyRotation {
    const [old, next] = [forger ?? this.#logKey, newKey()];
    const mlDsa44 = generateKeyPairSync('ml-dsa-44').publicKey.export({ format: 'der', type: 'spki' });
    const mlDsa44Key = { name: this.origin, publicKey: mlDsa44.subarray(-1_312), type: noteKeyTypes.subtree };
    const vkey = (key: SigningKey): string =>
      formatNoteKey(noteKey(sha256, { name: this.origin, publicKey: key.publicKey }));
    const text = logKeyChangeText({
      form: 'qorgan.log-key/1',
      platform: this.platform,
      profile: this.profile,
      before: vkey(this.#logKey),
      key: vkey(next),
      mlDsa44Key: formatNoteKey(noteKey(sha256, mlDsa44Key)),
      fromSize: this.#leaves.length + 1,
      atMs: startMs,
    });
    const signatures = [this.#platformKey, old, next].map((key) => ({
      key: documentKeyId(sha256, key.publicKey),
      signature: toBase64(ed25519(key, text)),
    }));
    const salt = Uint8Array.from(randomBytes(32));
    const [envelope, cms] = [sha256Hex(text), sha256Hex(canonicalize(signatures))];
    const hashes = { envelopeHash: Buffer.from(envelope, 'hex'), cmsHash: Buffer.from(cms, 'hex') };
    const leaf = leafText({
      ...{ v: 1, platform: this.platform, kind: 'policy', actionId: randomUUID() as ActionId, device: null },
      ...{ epoch: null, sequence: 0, commitment: commitment({ sha256, salt, ...hashes }), validation: null },
      ...{ outcome: 'accepted', receivedAtMs: startMs },
    });
    this.#leaves.push(leaf);
    const before = this.#logKey;
    this.#logKey = old;
    const older = this.checkpoint();
    this.#logKey = next;
    const newer = this.checkpoint();
    if (forger !== undefined) this.#logKey = before;
    const size = this.#leaves.length;
    const readHash = (level: number, index: number): Uint8Array => this.#hashAt(level, index);
    const path = inclusionPath({ sha256, index: size - 1, size, readHash });
    const extra = formatOpening({ leaf, salt, envelope, cms });
    const checkpoint = older + newer.slice(newer.indexOf('\n\n') + 2);
    return {
      document: { document: text, signatures },
      proof: formatProof({ extra, index: size - 1, path, checkpoint }),
    };
  }

  /** A log that shows a key of its own and proves nothing. */
  seize(): void {
    this.#logKey = newKey();
  }

  /** A head that the key before the last rotation signs: what a thief of it would show. */
  checkpointBy(key: SigningKey): string {
    const current = this.#logKey;
    this.#logKey = key;
    const note = this.checkpoint();
    this.#logKey = current;
    return note;
  }

  get size(): number {
    return this.#leaves.length;
  }

  get logKey(): SigningKey {
    return this.#logKey;
  }

  consistency(from: number, size: number): readonly string[] {
    const readHash = (level: number, index: number): Uint8Array => this.#hashAt(level, index);
    return from === 0 || from === size
      ? []
      : consistencyPath({ sha256, oldSize: from, size, readHash }).map((hash) => toBase64(hash));
  }

  receipt(taken: { readonly index: number; readonly opening: Uint8Array }): string {
    const size = this.#leaves.length;
    const path = inclusionPath({
      sha256,
      index: taken.index,
      size,
      readHash: (level, index) => this.#hashAt(level, index),
    });
    return formatProof({ extra: taken.opening, index: taken.index, path, checkpoint: this.checkpoint() });
  }
}
