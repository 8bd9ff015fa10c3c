import { toHex } from '../../core/kernel/index.ts';
import {
  hasNoParameters,
  joinSuites,
  nodeSuite,
  type AlgorithmIdentifier,
  type AlgorithmSuite,
  type SignatureScheme,
  type VerifyingKey,
} from '../algorithms/index.ts';
import { readNationalKey } from './national-key.ts';
import { numberOf } from './numbers.ts';
import { nationalProfiles, type NationalProfile } from './profiles.ts';
import { isSignatureRight } from './signature.ts';
import { createTableMemory } from './table-memory.ts';

/**
 * GOST 34.310-2004 with GOST 34.311-95, and ST RK GOST R 34.10-2015 with Streebog, under the object identifiers and in the octet order of the national
 * profile. Own arithmetic; verification handles public data only, so constant time is not claimed.
 */
export const nationalSuite: AlgorithmSuite = createNationalSuite();

/** Everything that can be verified here: node:crypto and the national algorithms. */
export const defaultSuite: AlgorithmSuite = joinSuites([nodeSuite, nationalSuite]);

function createNationalSuite(): AlgorithmSuite {
  const digests = new Map(Object.values(nationalProfiles).map(({ digestOid, digest }) => [digestOid, digest]));
  const memory = createTableMemory();
  return {
    digest: (digestOid, content) => digests.get(digestOid)?.(content),
    loadKey: (spki): VerifyingKey | undefined => {
      const key = readNationalKey(spki);
      if (key === undefined) return undefined;
      const { profile, point, coordinates } = key;
      const table = memory.userOf(`${profile.family} ${toHex(coordinates)}`, profile.curve, point);
      const scheme: SignatureScheme = {
        name: profile.schemeName,
        verify: (message, signature) => {
          const pair = readPair(profile, signature);
          if (pair === undefined) return false;
          const digest = numberOf(profile.digest(message));
          return isSignatureRight(profile.curve, { point, table: table() }, digest, pair);
        },
      };
      return {
        family: profile.family,
        sizeBits: 8 * profile.coordinateBytes,
        scheme: (algorithm, digestOid) => (isSchemeOf(profile, algorithm, digestOid) ? scheme : undefined),
      };
    },
  };
}

/** In CMS the identifier may name the key only, as files of 2018 do; then the digest must be named beside it. */
function isSchemeOf(profile: NationalProfile, algorithm: AlgorithmIdentifier, digestOid: string | undefined): boolean {
  const isDigestRight = digestOid === profile.digestOid;
  const isNamed = algorithm.oid === profile.signatureOid && (digestOid === undefined || isDigestRight);
  const isKeyNamed = algorithm.oid === profile.keyOid && isDigestRight;
  return hasNoParameters(algorithm) && (isNamed || isKeyNamed);
}

/** r || s, the lowest octets first: the reverse of what RFC 4491 and RFC 9215 write. */
function readPair(
  { coordinateBytes: size }: NationalProfile,
  signature: Uint8Array,
): { readonly r: bigint; readonly s: bigint } | undefined {
  if (signature.length !== 2 * size) return undefined;
  return { r: numberOf(signature.subarray(0, size)), s: numberOf(signature.subarray(size)) };
}
