export { assert, InvariantError, never } from './assert.ts';
export type { ActionId, Bin, Branded, CaseId, DeviceId, Iin, JournalEpoch, PlatformId, Sha256Hex } from './brand.ts';
export {
  equalBytes,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
  type Sha256,
  type VerifyEd25519,
  type VerifyMlDsa44,
} from './bytes.ts';
export { canonicalize, depthMax, parseCanonical, type Json } from './canonical.ts';
export { controlDigit, parseBin, parseIin } from './identity-number.ts';
export { ok, refuse, type Refusal, type Result } from './result.ts';
export { Secret } from './secret.ts';
export { spanOf, type Span } from './span.ts';
