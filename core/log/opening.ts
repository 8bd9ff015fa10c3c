import {
  fromBase64,
  fromHex,
  ok,
  refuse,
  toBase64,
  type Result,
  type Sha256,
  type Sha256Hex,
} from '../kernel/index.ts';
import { canonicalize, parseCanonical } from '../signing/index.ts';
import { commitment, isHash, isRecord, parseLeaf, saltSizeBytes, type Leaf } from './leaf.ts';
import { asciiBytes, asciiText } from './text.ts';

/** What opens the commitment of a leaf; stands in the `extra` of a receipt and is held by those whom it concerns. */
export type Opening = {
  /** The leaf text. */
  readonly leaf: string;
  readonly salt: Uint8Array;
  readonly envelope: Sha256Hex;
  readonly cms: Sha256Hex;
};

const openingSizeMax = 8_192;

/** Bytes of `extra`: the canonical text `qorgan.opening/1`, which is ASCII. */
export function formatOpening(opening: Opening): Uint8Array {
  const { leaf, salt, envelope, cms } = opening;
  return asciiBytes(canonicalize({ form: 'qorgan.opening/1', leaf, salt: toBase64(salt), envelope, cms }));
}

/** Reads an opening and its leaf; believes nothing. */
export function parseOpening(
  extra: Uint8Array,
): Result<{ readonly opening: Opening; readonly leaf: Leaf }, 'opening-malformed'> {
  const text = asciiText(extra.slice(0, openingSizeMax + 1));
  const json = text.ok ? parseCanonical(text.value, openingSizeMax) : text;
  if (!json.ok || !isRecord(json.value)) return refuse('opening-malformed');
  const { cms, envelope, form, leaf: leafText, salt: saltText } = json.value;
  const isShaped = Object.keys(json.value).join(',') === 'cms,envelope,form,leaf,salt' && form === 'qorgan.opening/1';
  if (!isShaped || typeof leafText !== 'string' || typeof saltText !== 'string' || !isHash(envelope) || !isHash(cms))
    return refuse('opening-malformed');
  const salt = fromBase64(saltText);
  const leaf = parseLeaf(leafText);
  if (!salt.ok || salt.value.length !== saltSizeBytes || !leaf.ok) return refuse('opening-malformed');
  const opening = { leaf: leafText, salt: salt.value, envelope: envelope as Sha256Hex, cms: cms as Sha256Hex };
  return ok({ opening, leaf: leaf.value });
}

/** True where salt and hashes give the commitment that the leaf carries. */
export function opensLeaf(sha256: Sha256, opening: Opening, leaf: Leaf): boolean {
  const envelopeHash = fromHex(opening.envelope);
  const cmsHash = fromHex(opening.cms);
  if (!envelopeHash.ok || !cmsHash.ok) return false;
  return (
    commitment({ sha256, salt: opening.salt, envelopeHash: envelopeHash.value, cmsHash: cmsHash.value }) ===
    leaf.commitment
  );
}
