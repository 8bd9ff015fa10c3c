import { readSubjectPublicKeyInfo, type AlgorithmIdentifier } from '../algorithms/index.ts';
import { certificateLimits, openDer, readOctets, readOid, tags } from '../der/index.ts';
import { multiply } from './multiply.ts';
import { numberOf } from './numbers.ts';
import { isOnCurve, type Curve, type Point } from './points.ts';
import { nationalProfiles, type NationalProfile } from './profiles.ts';

const profiles = Object.values(nationalProfiles);

/**
 * Reads a SubjectPublicKeyInfo of the national profile: BIT STRING { OCTET STRING { x || y } }, the lowest octets first. `undefined` unless all of it
 * is as the register says and the point lies in the subgroup of prime order.
 */
export function readNationalKey(
  spki: Uint8Array,
): { readonly profile: NationalProfile; readonly point: Point; readonly coordinates: Uint8Array } | undefined {
  const info = readSubjectPublicKeyInfo(spki);
  if (info === undefined) return undefined;
  const { algorithm, keyBits } = info;
  const profile = profiles.find(({ keyOid }) => keyOid === algorithm.oid);
  if (profile === undefined || !hasParametersOf(profile, algorithm)) return undefined;
  const coordinates = readCoordinates(keyBits);
  const size = profile.coordinateBytes;
  if (coordinates?.length !== 2 * size) return undefined;
  const point = { x: numberOf(coordinates.subarray(0, size)), y: numberOf(coordinates.subarray(size)) };
  return isOfPrimeOrder(profile.curve, point) ? { profile, point, coordinates } : undefined;
}

/** The curve by its name and the digest's parameters; these may be left out, as RFC 9215 §4.1 allows. */
function hasParametersOf(profile: NationalProfile, { parameters }: AlgorithmIdentifier): boolean {
  const reader = openDer(parameters ?? new Uint8Array(0), certificateLimits);
  const named = reader.enter(tags.sequence);
  const curveOid = readOid(named);
  const digestParametersOid = named.hasMore ? readOid(named) : profile.digestParametersOid;
  named.finish();
  reader.finish();
  const isSame = curveOid === profile.curveOid && digestParametersOid === profile.digestParametersOid;
  return reader.fault === undefined && isSame;
}

function readCoordinates(keyBits: Uint8Array): Uint8Array | undefined {
  const reader = openDer(keyBits, certificateLimits);
  const coordinates = readOctets(reader);
  reader.finish();
  return reader.fault === undefined ? coordinates : undefined;
}

function isOfPrimeOrder(curve: Curve, point: Point): boolean {
  // With a cofactor of one every point but that at infinity, which has no coordinates, is of the prime order.
  return isOnCurve(curve, point) && (curve.cofactor === 1 || multiply(curve, point, curve.order) === undefined);
}
