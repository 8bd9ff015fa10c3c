import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  privateDecrypt,
  publicEncrypt,
  constants,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { fromBase64, ok, refuse, Secret, toBase64, type Result } from '../../../core/kernel/index.ts';
import { sha256Hex } from '../hash.ts';
import { slotsBodyText, type Slot, type SlotsBody } from './format.ts';

export type DataKey = Secret<'data-key'>;

const keySizeBytes = 32;
const ivSizeBytes = 12;
const tagSizeBytes = 16;

/** Base64 that the parser of the file, or this code, has made. */
function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (!bytes.ok) throw new Error('slots: base64 was checked by the parser');
  return bytes.value;
}

function hkdf(options: {
  readonly key: Uint8Array;
  readonly salt: Uint8Array | string;
  readonly info: string;
}): Buffer {
  return Buffer.from(hkdfSync('sha256', options.key, options.salt, options.info, keySizeBytes));
}

/** AES-256-GCM: IV, text, tag in one base64 text; `about` is authenticated with it. */
export function closeBox(options: {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly plain: Uint8Array;
  readonly about: string;
}): string {
  const cipher = createCipheriv('aes-256-gcm', options.key, options.iv);
  cipher.setAAD(Buffer.from(options.about, 'utf8'));
  return toBase64(Buffer.concat([options.iv, cipher.update(options.plain), cipher.final(), cipher.getAuthTag()]));
}

/** Opens such a box; `undefined` by another key, for another purpose or after any change. */
export function openBox(options: {
  readonly key: Uint8Array;
  readonly box: string;
  readonly about: string;
}): Buffer | undefined {
  const box = bytesOf(options.box);
  if (box.length < ivSizeBytes + tagSizeBytes) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', options.key, box.subarray(0, ivSizeBytes), {
      authTagLength: tagSizeBytes,
    });
    decipher.setAAD(Buffer.from(options.about, 'utf8'));
    decipher.setAuthTag(box.subarray(box.length - tagSizeBytes));
    const plain = decipher.update(box.subarray(ivSizeBytes, box.length - tagSizeBytes));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Reads a public key to which a data key can be sealed. */
export function readSealingKey(
  spki: Uint8Array,
): Result<{ readonly key: KeyObject; readonly sealing: Slot['sealing'] }, 'slot-key-unsupported'> {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'x25519') return ok({ key, sealing: 'x25519' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType === 'rsa' && bits >= 2_048 && bits <= 8_192)
      return ok({ key, sealing: 'rsa-oaep-sha256' });
  } catch {
    // Not a key at all: the same answer.
  }
  return refuse('slot-key-unsupported');
}

function sealInfo(slot: Pick<Slot, 'id' | 'publicKey'>, generation: number): string {
  return `qorgan.slot-seal/1 ${slot.id} ${generation} ${sha256Hex(slot.publicKey)}`;
}

const rsaOptions = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;

/** Seals the data key of a generation to a slot; needs nobody's secret. */
export function sealDataKey(options: {
  readonly dataKey: DataKey;
  readonly slot: Pick<Slot, 'id' | 'publicKey' | 'sealing'>;
  readonly generation: number;
  readonly random: (sizeBytes: number) => Uint8Array;
}): string {
  const { dataKey, slot, generation, random } = options;
  const publicKey = createPublicKey({ key: Buffer.from(bytesOf(slot.publicKey)), format: 'der', type: 'spki' });
  const about = sealInfo(slot, generation);
  if (slot.sealing === 'rsa-oaep-sha256') {
    return dataKey.use((plain) =>
      toBase64(publicEncrypt({ key: publicKey, ...rsaOptions, oaepLabel: Buffer.from(about) }, plain)),
    );
  }
  const own = generateKeyPairSync('x25519');
  const half = own.publicKey.export({ format: 'der', type: 'spki' });
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey });
  const key = hkdf({ key: shared, salt: half, info: about });
  const box = dataKey.use((plain) => closeBox({ key, iv: random(ivSizeBytes), plain, about }));
  shared.fill(0);
  key.fill(0);
  return toBase64(Buffer.from(`${toBase64(half)}.${box}`, 'utf8'));
}

/** Opens what `sealDataKey` made; `undefined` when anything of it was changed. */
export function unsealDataKey(options: {
  readonly privateKey: KeyObject;
  readonly slot: Pick<Slot, 'id' | 'publicKey' | 'sealing'>;
  readonly generation: number;
  readonly sealed: string;
}): DataKey | undefined {
  const { privateKey, slot, generation, sealed } = options;
  const about = sealInfo(slot, generation);
  try {
    if (slot.sealing === 'rsa-oaep-sha256') {
      const plain = privateDecrypt({ key: privateKey, ...rsaOptions, oaepLabel: Buffer.from(about) }, bytesOf(sealed));
      return plain.length === keySizeBytes ? new Secret('data-key', plain) : undefined;
    }
    const [half = '', box = ''] = Buffer.from(bytesOf(sealed)).toString('utf8').split('.');
    const halfBytes = fromBase64(half);
    if (!halfBytes.ok || !fromBase64(box).ok) return undefined;
    const publicKey = createPublicKey({ key: Buffer.from(halfBytes.value), format: 'der', type: 'spki' });
    const shared = diffieHellman({ privateKey, publicKey });
    const key = hkdf({ key: shared, salt: halfBytes.value, info: about });
    const plain = openBox({ key, box, about });
    shared.fill(0);
    key.fill(0);
    return plain?.length === keySizeBytes ? new Secret('data-key', plain) : undefined;
  } catch {
    return undefined;
  }
}

/** HMAC of the slots under a data key; whoever has no data key can change nothing in the file unseen. */
export function macSlots(dataKey: DataKey, body: SlotsBody): string {
  return dataKey.use((key) => {
    const macKey = hkdf({ key, salt: '', info: 'qorgan.slots-mac/1' });
    const mac = createHmac('sha256', macKey).update(slotsBodyText(body), 'utf8').digest();
    macKey.fill(0);
    return toBase64(mac);
  });
}

export function isMacOf(dataKey: DataKey, body: SlotsBody, mac: string): boolean {
  const expected = Buffer.from(macSlots(dataKey, body));
  const given = Buffer.from(mac);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
