import * as z from 'zod';

/** Names a configured PKCS#11 module in calls, logs and settings. */
export const moduleId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/u);

/** Variables of the loader and of Node would run foreign code in the process; a module has no use for them. */
const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/u)
  .refine((name) => !/^(?:LD_|NODE_|ELECTRON_|GCONV_)/u.test(name));

/** Signatures by cards. The national ones are `r || s`, the lowest octets first, as CMS writes them. */
export const signatureMechanisms = [
  'rsa-pkcs1-sha256',
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'gost-2015-512',
  'gost-2015-256',
  'gost-2004',
] as const;

/** CK_MECHANISM_TYPE and CK_KEY_TYPE as far as they are written in 32 bits. */
const cryptokiNumber = z.int().min(0).max(0xffffffff);

/** How a module makes one kind of signature. */
const signingWay = z.strictObject({
  mechanism: z.enum(signatureMechanisms),
  /** CKM of C_SignInit. */
  type: cryptokiNumber,
  /** What C_Sign is given: the data, which the token hashes, their digest, or the DigestInfo of RSA. */
  input: z.enum(['data', 'digest', 'digest-info']),
  digestOrder: z.enum(['as-computed', 'reversed']),
  /** What makes the answer the order of CMS: nothing; all octets reversed (s || r, the highest first); each half reversed; the halves swapped. */
  signatureOrder: z.enum(['as-answered', 'reversed', 'halves-reversed', 'halves-swapped']),
  /** CKA_KEY_TYPE of keys that may be used so. */
  keyTypes: z.array(cryptokiNumber).min(1).max(8).readonly(),
});

const pkcs11Module = z.strictObject({
  id: moduleId,
  /** Absolute path of the shared library. */
  path: z.string().min(1).max(4096).startsWith('/'),
  /** Variables that the module reads, such as `SOFTHSM2_CONF`; set before it is loaded, seen by this process only. */
  environment: z.record(variableName, z.string().max(4096)).default({}),
  /** The host died or hung while this module was being tried: not loaded again before `modules.retry` asks for it. */
  isSetAside: z.boolean().default(false),
  /** A profile of the table by name, instead of the one that the module is recognised by. */
  profile: z.enum(['common', 'tc26']).optional(),
  /** Ways to sign that replace the profile's: vendor numbers and orders as confirmed on the device. */
  signing: z.array(signingWay).min(1).max(32).readonly().optional(),
});

/** The file `cards.json`: which modules read cards. Strict, so that a setting that is misspelt is noticed and not left out. */
export const cardModulesFile = z.strictObject({ modules: z.array(pkcs11Module).max(16) });

/** What the device host is told at each start. */
export const deviceHostConfiguration = z.strictObject({
  ...cardModulesFile.shape,
  /** How often a module without slot events is asked which cards it sees. */
  pollEveryMs: z.int().min(50).max(60_000).default(1_000),
  /** False in a life that follows a death of which no module being tried was the cause: some die while they wait for slot events. */
  mayWaitForSlots: z.boolean().default(true),
});

export type SigningWay = z.infer<typeof signingWay>;
export type DeviceHostConfiguration = z.infer<typeof deviceHostConfiguration>;
/** A module as it is configured; whether it is set aside is found out while the hosts live. */
export type Pkcs11ModuleConfiguration = Omit<DeviceHostConfiguration['modules'][number], 'isSetAside'>;
