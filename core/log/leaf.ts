import {
  fromHex,
  ok,
  refuse,
  toHex,
  type ActionId,
  type DeviceId,
  type JournalEpoch,
  type PlatformId,
  type Result,
  type Sha256,
  type Sha256Hex,
} from '../kernel/index.ts';
import { canonicalize, parseCanonical, type Json } from '../signing/index.ts';
import { hashLeaf } from './merkle.ts';

export const leafKinds = ['platform', 'policy', 'staff', 'device', 'break-glass', 'act'] as const;
export type LeafKind = (typeof leafKinds)[number];

/** What the server made of the act; refused ones are logged too, with the code of the refusal. */
export type LeafOutcome = 'accepted' | 'superseded' | `refused:${string}`;

/** Leaf v1 (docs/decisions/0001): public, therefore without personal data and without an unsalted hash of it. */
export type Leaf = {
  readonly v: 1;
  readonly platform: PlatformId;
  readonly kind: LeafKind;
  readonly actionId: ActionId;
  /** `null` where no device acted: a document of the platform itself. */
  readonly device: DeviceId | null;
  readonly epoch: JournalEpoch | null;
  /** Of acts of this device and epoch, from 1; 0 where no device acted. */
  readonly sequence: number;
  /** Salted commitment to the signed text and its signature. */
  readonly commitment: Sha256Hex;
  /** Salted commitment to the validation data kept at acceptance; `null` where there is none. */
  readonly validation: Sha256Hex | null;
  readonly outcome: LeafOutcome;
  readonly receivedAtMs: number;
};

/** C2SP entry bundles allow 65,535 bytes an entry; ours are below 700. */
export const leafSizeMax = 2_048;

/** Salts of commitments have 32 bytes: nobody finds a form by guessing it. */
export const saltSizeBytes = 32;

/** The canonical text of a leaf: the bytes of the log entry. */
export function leafText(leaf: Leaf): string {
  return canonicalize(leaf);
}

/** RFC 6962 hash of a leaf text. */
export function leafHash(sha256: Sha256, text: string): Uint8Array {
  return hashLeaf(sha256, text);
}

type CommitmentInput = {
  readonly sha256: Sha256;
  readonly salt: Uint8Array;
  readonly envelopeHash: Uint8Array;
  readonly cmsHash: Uint8Array;
};

/** SHA-256(`qorgan.commitment/1\n` ‖ salt ‖ hash of the envelope ‖ hash of the CMS). */
export function commitment(input: CommitmentInput): Sha256Hex {
  return toHex(input.sha256('qorgan.commitment/1\n', input.salt, input.envelopeHash, input.cmsHash)) as Sha256Hex;
}

/** The same construction over the validation data, with a name and a salt of its own. */
export function validationCommitment(input: {
  readonly sha256: Sha256;
  readonly salt: Uint8Array;
  readonly dataHash: Uint8Array;
}): Sha256Hex {
  return toHex(input.sha256('qorgan.validation/1\n', input.salt, input.dataHash)) as Sha256Hex;
}

const names = 'actionId,commitment,device,epoch,kind,outcome,platform,receivedAtMs,sequence,v,validation';
const idText = /^[a-z0-9][a-z0-9.-]{0,99}$/u;
const outcomeText = /^(?:accepted|superseded|refused:[a-z][a-z0-9-]{0,63})$/u;

export function isHash(value: Json | undefined): value is string {
  return typeof value === 'string' && value.length === 64 && fromHex(value).ok;
}

function isId(value: Json | undefined): boolean {
  return typeof value === 'string' && idText.test(value);
}

function isCount(value: Json | undefined): boolean {
  return typeof value === 'number' && value >= 0;
}

export function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a leaf text; refuses all but a canonical text with exactly the members of leaf v1. */
export function parseLeaf(text: string): Result<Leaf, 'leaf-malformed'> {
  const json = parseCanonical(text, leafSizeMax);
  if (!json.ok || !isRecord(json.value)) return refuse('leaf-malformed');
  const leaf = json.value;
  const isLeaf =
    Object.keys(leaf).join(',') === names &&
    leaf['v'] === 1 &&
    isId(leaf['platform']) &&
    leafKinds.some((kind) => kind === leaf['kind']) &&
    isId(leaf['actionId']) &&
    (leaf['device'] === null
      ? leaf['epoch'] === null && leaf['sequence'] === 0
      : isId(leaf['device']) && isId(leaf['epoch'])) &&
    isCount(leaf['sequence']) &&
    isHash(leaf['commitment']) &&
    (leaf['validation'] === null || isHash(leaf['validation'])) &&
    typeof leaf['outcome'] === 'string' &&
    outcomeText.test(leaf['outcome']) &&
    isCount(leaf['receivedAtMs']);
  return isLeaf ? ok(leaf as unknown as Leaf) : refuse('leaf-malformed');
}
