import pkcs11js from 'pkcs11js';
import type { SignatureMechanism, SigningWay } from '../../../contracts/device-host/index.ts';
import type { Pkcs11ModuleConfiguration } from '../../../contracts/device-host/index.ts';
import type { Pkcs11 } from './module.ts';

/** How a family of PKCS#11 modules signs. For each mechanism the first way whose CKM the token offers is taken. */
export type ModuleProfile = {
  readonly name: string;
  readonly signing: readonly SigningWay[];
};

/** A profile with the module that it is for, as CK_INFO names it. */
type KnownProfile = ModuleProfile & {
  /** Both must be found, in any case, in manufacturerID and libraryDescription. Absent: only a configuration chooses this profile. */
  readonly recognisedBy?: { readonly manufacturer: string; readonly description: string };
};

const rsaKeys = [pkcs11js.CKK_RSA];
const ellipticKeys = [pkcs11js.CKK_EC];
const plain = { digestOrder: 'as-computed', signatureOrder: 'as-answered' } as const;

/** PKCS#11 2.40: what OpenSC, SoftHSM and every module with the common mechanisms do. Held by the contract tests. */
const common: readonly SigningWay[] = [
  { mechanism: 'rsa-pkcs1-sha256', type: pkcs11js.CKM_SHA256_RSA_PKCS, input: 'data', keyTypes: rsaKeys, ...plain },
  { mechanism: 'rsa-pkcs1-sha256', type: pkcs11js.CKM_RSA_PKCS, input: 'digest-info', keyTypes: rsaKeys, ...plain },
  { mechanism: 'ecdsa-p256-sha256', type: pkcs11js.CKM_ECDSA, input: 'digest', keyTypes: ellipticKeys, ...plain },
  { mechanism: 'ecdsa-p384-sha384', type: pkcs11js.CKM_ECDSA, input: 'digest', keyTypes: ellipticKeys, ...plain },
];

/** CKK_GOSTR3410 and mechanisms of PKCS#11 2.40 §2.57; those of 512 bits are vendor numbers of the public draft of TC 26 (0xD4321000 + n). */
const gost = {
  keysOf256: 0x30,
  sign256: 0x1201,
  hashAndSign2001: 0x1202,
  keysOf512: 0xd4321003,
  sign512: 0xd4321006,
  hashAndSign256: 0xd4321008,
  hashAndSign512: 0xd4321009,
} as const;

const of256 = { keyTypes: [gost.keysOf256], ...plain } as const;
const of512 = { keyTypes: [gost.keysOf512], ...plain } as const;

/**
 * The table. Only `common` has been run against modules. `tc26` is inferred from published headers: the numbers are those of the draft, while the order of
 * octets of digest and signature, and that such a module takes keys under the national identifiers at all, are assumptions. What a device answers
 * decides: a wrong order gives a signature that the certificate does not verify, which is refused, and the configuration's `signing` corrects it. Numbers
 * of the national vendors are not published; a configuration gives them. GOST 34.310-2004 hashes by a parameter set that no
 * published mechanism names, so it is signed over a ready digest or not at all.
 */
export const knownProfiles: readonly KnownProfile[] = [
  { name: 'common', signing: common },
  {
    name: 'tc26',
    signing: [
      ...common,
      { mechanism: 'gost-2015-512', type: gost.hashAndSign512, input: 'data', ...of512 },
      { mechanism: 'gost-2015-512', type: gost.sign512, input: 'digest', ...of512 },
      { mechanism: 'gost-2015-256', type: gost.hashAndSign256, input: 'data', ...of256 },
      { mechanism: 'gost-2015-256', type: gost.sign256, input: 'digest', ...of256 },
      { mechanism: 'gost-2004', type: gost.sign256, input: 'digest', ...of256 },
    ],
    recognisedBy: { manufacturer: 'aktiv', description: 'rutoken' },
  },
];

const commonProfile: ModuleProfile = { name: 'common', signing: common };

/**
 * The profile of a loaded module: the configured ways alone where there are any, else the configured profile, else the one that CK_INFO
 * is recognised by, else `common`.
 */
export function profileOf(api: Pick<Pkcs11, 'C_GetInfo'>, configuration: Pkcs11ModuleConfiguration): ModuleProfile {
  const { signing, profile } = configuration;
  if (signing !== undefined) return { name: 'configured', signing };
  const named = knownProfiles.find(({ name }) => name === profile);
  return named ?? recognised(api) ?? commonProfile;
}

function recognised(api: Pick<Pkcs11, 'C_GetInfo'>): ModuleProfile | undefined {
  const info = infoOf(api);
  if (info === undefined) return undefined;
  const isIn = (part: string, text: string): boolean => text.toLowerCase().includes(part);
  return knownProfiles.find(
    ({ recognisedBy: by }) =>
      by !== undefined && isIn(by.manufacturer, info.manufacturerID) && isIn(by.description, info.libraryDescription),
  );
}

function infoOf(api: Pick<Pkcs11, 'C_GetInfo'>): pkcs11js.ModuleInfo | undefined {
  try {
    return api.C_GetInfo();
  } catch (error) {
    // A module that cannot say who it is gets no profile of its own.
    if (error instanceof pkcs11js.Pkcs11Error) return undefined;
    throw error;
  }
}

/** The way to sign by a mechanism with what the token offers, or `undefined`. */
export function wayOf(
  profile: ModuleProfile,
  mechanism: SignatureMechanism,
  offered: readonly number[],
): SigningWay | undefined {
  return profile.signing.find((way) => way.mechanism === mechanism && offered.includes(way.type));
}
