import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { parseSignedData, type SignedData, type SignerInfo } from '../cms/index.ts';
import { oids } from '../der/index.ts';
import { tokenLimits } from './limits.ts';
import { parseTstInfo, type TstInfo } from './tst-info.ts';

/** A TimeStampToken as read: a CMS signature of one authority over its statement. Nothing about it is trusted by having been read. */
export type TimeStampToken = {
  readonly signedData: SignedData;
  readonly signer: SignerInfo;
  readonly info: TstInfo;
};

/**
 * Reads one TimeStampToken (RFC 3161 §2.4.2) in strict DER: SignedData with TSTInfo inside and exactly one signer.
 * Refuses `time-stamp-malformed` for everything else.
 */
export function parseTimeStampToken(der: Uint8Array): Result<TimeStampToken, 'time-stamp-malformed'> {
  const parsed = parseSignedData(der, tokenLimits);
  if (!parsed.ok) return refuse('time-stamp-malformed', { fault: parsed.refusal.code });
  const signedData = parsed.value;
  const [signer, ...others] = signedData.signers;
  const info = signedData.content === undefined ? undefined : parseTstInfo(signedData.content);
  const isToken = signedData.contentType === oids.timeStampInfo && others.length === 0;
  if (!isToken || signer === undefined || info === undefined) return refuse('time-stamp-malformed');
  return ok({ signedData, signer, info });
}
