import { oids } from '../der/index.ts';
import { cryptoProA, tc26256A, tc26512A } from './curves.ts';
import { digest95 } from './digest-95.ts';
import type { Curve } from './points.ts';
import { streebog256, streebog512 } from './streebog.ts';

export type NationalFamily = 'gost-2004' | 'gost-2015-256' | 'gost-2015-512';

/** One of the national signature standards, as the register of the State names its parts. */
export type NationalProfile = {
  readonly family: NationalFamily;
  /** Name of the signature scheme in algorithm policies and reports. */
  readonly schemeName: string;
  /** Octets of a coordinate, and of each half of a signature. */
  readonly coordinateBytes: number;
  readonly curve: Curve;
  readonly keyOid: string;
  readonly curveOid: string;
  /** Parameters of the digest beside the curve's in a key. */
  readonly digestParametersOid: string;
  readonly signatureOid: string;
  readonly digestOid: string;
  readonly digest: (content: Uint8Array) => Uint8Array;
};

/**
 * The register also names parameters B, C and D of 2004. It does not say which numbers they are and no certificate uses them,
 * so keys with them are not known.
 */
export const nationalProfiles: Readonly<Record<NationalFamily, NationalProfile>> = {
  'gost-2004': {
    family: 'gost-2004',
    schemeName: 'gost-34.310-2004',
    coordinateBytes: 32,
    curve: cryptoProA,
    keyOid: oids.gost2004Key,
    curveOid: oids.gost2004CurveA,
    digestParametersOid: oids.gost95TestParameters,
    signatureOid: oids.gost2004Signature,
    digestOid: oids.gost95Digest,
    digest: digest95,
  },
  'gost-2015-256': {
    family: 'gost-2015-256',
    schemeName: 'gost-34.10-2015-256',
    coordinateBytes: 32,
    curve: tc26256A,
    keyOid: oids.gost2015Key256,
    curveOid: oids.gost2015Curve256A,
    digestParametersOid: oids.gost2015Digest256,
    signatureOid: oids.gost2015Signature256,
    digestOid: oids.gost2015Digest256,
    digest: streebog256,
  },
  'gost-2015-512': {
    family: 'gost-2015-512',
    schemeName: 'gost-34.10-2015-512',
    coordinateBytes: 64,
    curve: tc26512A,
    keyOid: oids.gost2015Key512,
    curveOid: oids.gost2015Curve512A,
    digestParametersOid: oids.gost2015Digest512,
    signatureOid: oids.gost2015Signature512,
    digestOid: oids.gost2015Digest512,
    digest: streebog512,
  },
};
