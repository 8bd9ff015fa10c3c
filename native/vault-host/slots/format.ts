import { fromBase64, ok, refuse, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import { canonicalize, parseCanonical, type Json } from '../../../core/signing/index.ts';

export type KdfParameters = { readonly memoryKib: number; readonly passes: number; readonly lanes: number };
export type Kdf = KdfParameters & { readonly name: 'argon2id'; readonly salt: string };

/** How a card takes part: it decrypts, or agrees with the slot's own half of a key. */
export type CardPart =
  | {
      readonly mechanism: 'rsa-oaep';
      readonly certificate: Sha256Hex;
      readonly oaepHash: 'sha1' | 'sha256';
      readonly ciphertext: string;
    }
  | {
      readonly mechanism: 'ecdh';
      readonly certificate: Sha256Hex;
      readonly curve: 'P-256' | 'P-384';
      readonly point: string;
    };

/**
 * One way in. The data key is sealed to `publicKey`, so that it can be changed with nobody present; the private half lies
 * in `box` under the slot key, except a recovery officer's, which is not here at all.
 */
export type Slot = {
  readonly id: string;
  readonly kind: 'passphrase' | 'card' | 'recovery';
  readonly label: string;
  readonly version: number;
  readonly sealing: 'x25519' | 'rsa-oaep-sha256';
  /** Base64 DER SubjectPublicKeyInfo. */
  readonly publicKey: string;
  readonly kdf: Kdf | null;
  readonly box: string | null;
  readonly card: CardPart | null;
};

/** One data key, sealed for each slot in the order of `slots`. */
export type Generation = { readonly generation: number; readonly sealed: readonly string[] };

/** What `journal.slots` says. Two generations stand only while the journal moves from one data key to the next. */
export type SlotsBody = {
  readonly form: 'qorgan.slots/1';
  /** Counts the changes of this file; the journal keeps the last, so that an older file is found. */
  readonly version: number;
  readonly slots: readonly Slot[];
  readonly generations: readonly Generation[];
};

/** `macs` authenticate the body, one under each generation's data key. */
export type SlotsFile = { readonly body: SlotsBody; readonly macs: readonly string[] };

/** A card, a deputy, a passphrase and the recovery officers of a busy desk are fewer. */
export const slotsMax = 32;
const fileSizeMax = 262_144;

/** Argon2id may ask for no more than this, so that a planted file cannot exhaust the workstation. */
const kdfMax: KdfParameters = { memoryKib: 262_144, passes: 16, lanes: 4 };

type Shape = (value: Json | undefined) => boolean;

const text: Shape = (value) => typeof value === 'string' && value.length <= 8_192;
const bytes: Shape = (value) => typeof value === 'string' && value.length <= 8_192 && fromBase64(value).ok;
const hex: Shape = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/u.test(value);
const id: Shape = (value) => typeof value === 'string' && /^[0-9a-f-]{36}$/u.test(value);
const whole =
  (max: number): Shape =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max;
const one =
  (...names: readonly string[]): Shape =>
  (value) =>
    typeof value === 'string' && names.includes(value);
const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const list =
  (shape: Shape, max: number): Shape =>
  (value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= max && value.every(shape);

/** Exactly these members, each of its shape. */
function record(members: Readonly<Record<string, Shape>>): Shape {
  const names = Object.keys(members).toSorted().join(',');
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const object = value as { readonly [name: string]: Json };
    return (
      Object.keys(object).toSorted().join(',') === names &&
      Object.entries(members).every(([name, shape]) => shape(object[name]))
    );
  };
}

const kdf = record({
  name: one('argon2id'),
  salt: bytes,
  memoryKib: whole(kdfMax.memoryKib),
  passes: whole(kdfMax.passes),
  lanes: whole(kdfMax.lanes),
});
const rsaCard = record({
  mechanism: one('rsa-oaep'),
  certificate: hex,
  oaepHash: one('sha1', 'sha256'),
  ciphertext: bytes,
});
const ecCard = record({ mechanism: one('ecdh'), certificate: hex, curve: one('P-256', 'P-384'), point: bytes });
const common = { id, label: text, version: whole(Number.MAX_SAFE_INTEGER), publicKey: bytes };
const boxed = { ...common, sealing: one('x25519'), box: bytes, kdf };
const slot: Shape = (value) =>
  record({ ...boxed, kind: one('passphrase'), card: (part) => part === null })(value) ||
  record({ ...boxed, kind: one('card'), card: (part) => rsaCard(part) || ecCard(part) })(value) ||
  record({
    ...common,
    kind: one('recovery'),
    sealing: one('x25519', 'rsa-oaep-sha256'),
    box: orNull(() => false),
    kdf: orNull(() => false),
    card: orNull(() => false),
  })(value);

const body = record({
  form: one('qorgan.slots/1'),
  version: whole(Number.MAX_SAFE_INTEGER),
  slots: list(slot, slotsMax),
  generations: list(record({ generation: whole(Number.MAX_SAFE_INTEGER), sealed: list(bytes, slotsMax) }), 2),
});
const file = record({ body, macs: list(bytes, 2) });

/** The bytes of the file: canonical, so that every flipped bit is another file. */
export function formatSlots(slots: SlotsFile): string {
  return canonicalize(slots);
}

/** The bytes that each MAC covers. */
export function slotsBodyText(slots: SlotsBody): string {
  return canonicalize(slots);
}

/** Reads the file by its shape; nothing in it is believed before a data key out of it authenticated it. */
export function parseSlots(content: string): Result<SlotsFile, 'slots-malformed'> {
  const json = parseCanonical(content, fileSizeMax);
  if (!json.ok || !file(json.value)) return refuse('slots-malformed');
  const slots = json.value as unknown as SlotsFile;
  const { generations, slots: ways } = slots.body;
  const isWhole =
    slots.macs.length === generations.length &&
    generations.every(({ sealed }) => sealed.length === ways.length) &&
    new Set(ways.map((way) => way.id)).size === ways.length;
  return isWhole ? ok(slots) : refuse('slots-malformed');
}
