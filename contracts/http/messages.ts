import * as z from 'zod';
import { clientKinds, factorMethods, roles } from '../../core/access/index.ts';
import { envelopeSizeMax } from '../../core/signing/index.ts';
import {
  actionId,
  base64,
  base64Exact,
  caseId,
  type chainHead,
  count,
  deviceId,
  iin,
  journalEpoch,
  line,
  platformId,
  profile,
  sha256Hex,
  signedDocument,
  timeMs,
} from '../documents/index.ts';

/** A CAdES-BES with a chain of certificates fits well; more is an attack. */
export const cmsSizeMaxBytes = 32_768;
/** Most acts in one batch; a workstation sends the rest in the next. */
export const batchItemsMax = 64;
/** Most changes in one answer. */
export const changesLimitMax = 500;
/** No further change is put into an answer once its envelopes and signatures are this long; the reader asks again. */
export const changesSizeMax = 2_000_000;

const refusalCode = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u)
  .max(64);

/** The only body of an answer that is not a success: a code of the catalogue, an incident id, and values for its words. */
export const refusalBody = z.strictObject({
  refusal: z.strictObject({
    code: refusalCode,
    incidentId: z.string().max(64),
    details: z.record(z.string().max(64), z.union([z.string().max(256), z.number()])).optional(),
  }),
});

/** Of an authority's key, lower-case hexadecimal. */
const keyIdentifier = z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/u);

/** What a mirror of the log vouched for last, as far as this server heard since its start. */
const mirrorHealth = z.strictObject({
  name: line(200, 1),
  size: count.nullable(),
  cosignedAtMs: timeMs.nullable(),
  trouble: z.enum(['mirror-silent', 'mirror-not-cosigned', 'mirror-conflict']).nullable(),
});
/** A mirror vouches once a day; a cosignature older than two is a reason to ask its keeper. */
const mirrorAgeMaxMs = 48 * 3_600_000;
/** True where what a mirror vouched for is no comfort at this time of the server: nothing, too long ago, or with something the matter. */
export function isMirrorWeak({ cosignedAtMs, trouble }: z.output<typeof mirrorHealth>, serverTimeMs: number): boolean {
  return trouble !== null || cosignedAtMs === null || serverTimeMs - cosignedAtMs > mirrorAgeMaxMs;
}
export const mirrorsStatus = z.array(mirrorHealth).max(16);

export const statusResponse = z.strictObject({
  platform: platformId,
  profile,
  operatorName: line(300, 1),
  /** `keys`: C2SP vkey texts by which heads are signed now, Ed25519 first; whoever believes them has them from elsewhere. */
  log: z.strictObject({ origin: line(128, 1), size: count, keys: z.array(line(4_096, 1)).max(2) }),
  policyVersion: count,
  serverTimeMs: timeMs,
  /** `read-only` where the database is behind the log: nothing is accepted until the gap is dealt with. */
  state: z.enum(['accepting', 'read-only']),
  version: line(32, 1),
  /** The revocation list of each authority that counts, and how the services that are asked for newer ones answer. */
  revocation: z.strictObject({
    /** How old a list may be before it answers nothing. */
    ageMaxMs: z.int().min(0),
    lists: z.array(z.strictObject({ authority: keyIdentifier, thisUpdateMs: timeMs })).max(64),
    services: z
      .array(
        z.strictObject({
          authority: keyIdentifier,
          service: z.enum(['crl', 'delta-crl', 'ocsp']),
          answeredAtMs: timeMs.nullable(),
          refusal: z.string().max(64).nullable(),
        }),
      )
      .max(192),
  }),
  mirrors: mirrorsStatus,
});

/** `code` comes from `qorgan server enrol-code`; it lives once and shortly. */
export const enrolmentRequest = z.strictObject({
  code: z.string().regex(/^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}$/u),
  publicKey: base64Exact(32),
  name: line(80, 1),
  kind: z.enum(clientKinds),
  epoch: journalEpoch,
  /** Signature by the device key over `enrolmentProofText`: who asks holds the key. */
  proof: base64Exact(64),
});

/** A `qorgan.enrolment/1` document. */
export const enrolmentResponse = z.strictObject({ bundle: signedDocument });

/** The text whose signature by the new device key goes as `proof` of an enrolment. */
export function enrolmentProofText(request: {
  readonly code: string;
  readonly publicKey: string;
  readonly epoch: string;
}): string {
  return `qorgan.enrolment-proof/1\n${request.code}\n${request.publicKey}\n${request.epoch}\n`;
}

/** Canonical text of a `qorgan.sign-in/1` challenge. */
export const challengeResponse = z.strictObject({ challenge: z.string().max(4_096) });

const cardProof = { challenge: z.string().max(4_096), cms: base64(cmsSizeMaxBytes) };
/** A password as it was typed, UTF-8 in base64: 128 characters of four bytes. */
const password = base64(512);
/** As `qorgan server activation-code` prints it. */
const activationCode = z.string().regex(/^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}$/u);

/** Reads a code that a person typed: small letters, spaces and missing hyphens are his right. `undefined` where it cannot be one. */
export function parseActivationCode(typed: string): string | undefined {
  const signs = typed.toUpperCase().replaceAll(/[\s-]/gu, '');
  const code = [signs.slice(0, 4), signs.slice(4, 8), signs.slice(8)].join('-');
  return activationCode.safeParse(code).success ? code : undefined;
}

/** What else is shown, by name: counted only where the server has what checks it, refused `factor-unavailable` otherwise. */
const otherFactor = z.strictObject({ method: z.enum(factorMethods), proof: base64(16_384) });

/** The factors of a sign-in: the card's signature over the challenge, the password, and whatever else is claimed. */
export const signInRequest = z.strictObject({ ...cardProof, password, others: z.array(otherFactor).max(2).optional() });

/** A first password beside a code, or another one beside the present; each time beside the card. */
export const passwordRequest = z.strictObject({
  ...cardProof,
  proof: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('activation-code'), code: activationCode }),
    z.strictObject({ kind: z.literal('password'), password }),
  ]),
  password,
});

/** `token` is opaque, bound to this device, and sent as `authorization: Bearer …` under the message signature. */
export const signInResponse = z.strictObject({
  token: z.string().regex(/^[A-Za-z0-9_-]{43}$/u),
  expiresAtMs: timeMs,
  staff: z.strictObject({ iin, name: line(200, 1), roles: z.array(z.enum(roles)) }),
  policyVersion: count,
});

export const actItem = z.strictObject({
  actionId,
  epoch: journalEpoch,
  sequence: count.min(1),
  /** Canonical text of the envelope, exactly as signed. */
  envelope: z
    .string()
    .min(1)
    .max(2 * envelopeSizeMax),
  cms: base64(cmsSizeMaxBytes),
});

export const actsRequest = z.strictObject({ items: z.array(actItem).min(1).max(batchItemsMax) });

/**
 * One answer for each item, in order. A `promise` (`qorgan.promise/1`) is given for all that the log will hold, accepted
 * or not: its `outcome` says which. A bare `refusal` means that nothing was kept, so the item may be sent again.
 */
export const actsResponse = z.strictObject({
  results: z.array(
    z.union([
      z.strictObject({ actionId, promise: signedDocument }),
      z.strictObject({
        actionId,
        refusal: z.strictObject({
          code: refusalCode,
          details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
        }),
      }),
    ]),
  ),
  serverTimeMs: timeMs,
});

/** Up to `batchItemsMax` action ids, comma-separated. */
export const receiptsQuery = z.strictObject({
  ids: z
    .string()
    .max(batchItemsMax * 37)
    .transform((text) => text.split(','))
    .pipe(z.array(actionId).min(1).max(batchItemsMax)),
});

/** `receipt` is a C2SP tlog-proof text; `null` where the log does not hold the act yet; unknown acts of the device are left out. */
export const receiptsResponse = z.strictObject({
  receipts: z.array(z.strictObject({ actionId, receipt: z.string().max(65_536).nullable() })),
});

const decimal = (max: number) =>
  z
    .string()
    .regex(/^[0-9]{1,15}$/u)
    .transform(Number)
    .pipe(z.int().max(max));

export const changesQuery = z.strictObject({
  after: decimal(Number.MAX_SAFE_INTEGER),
  limit: decimal(changesLimitMax).default(changesLimitMax),
});

/**
 * One accepted act with everything that its reader needs to check it: what it did to its case follows from the envelope by the rule
 * of the case, and is not told. Of the rest only `receivedAtMs` and `leafIndex` are the server's word; `leafIndex` is null until the
 * log holds the act. Positions count up by one.
 */
export const change = z.strictObject({
  position: count,
  case: caseId,
  /** Revision and hash of the case after this act. */
  revision: count,
  hash: sha256Hex,
  act: z.strictObject({
    id: actionId,
    type: z.string().max(64),
    hash: sha256Hex,
    device: deviceId,
    actorName: line(200),
    claimedAtMs: timeMs,
    receivedAtMs: timeMs,
    leafIndex: count.nullable(),
  }),
  /** Canonical text of the envelope, exactly as signed. */
  envelope: z
    .string()
    .min(1)
    .max(2 * envelopeSizeMax),
  cms: base64(cmsSizeMaxBytes),
});

/** Changes after a position in order, without gaps within what the roles of the session may read. */
export const changesResponse = z.strictObject({ changes: z.array(change), position: count, latest: count });

export const consistencyQuery = z.strictObject({
  from: decimal(Number.MAX_SAFE_INTEGER),
  to: decimal(Number.MAX_SAFE_INTEGER),
});

export const consistencyResponse = z.strictObject({ from: count, to: count, hashes: z.array(base64Exact(32)).max(64) });

/** Policies that two people signed in one answer; with their acts they take 150 kB each at the most. */
export const policiesLimitMax = 8;
export const policiesQuery = z.strictObject({ after: decimal(Number.MAX_SAFE_INTEGER) });

/** Later versions of the policy, oldest first, each by the two signed acts that put it there; what they say follows from their envelopes. */
export const policiesResponse = z.strictObject({
  policies: z.array(z.strictObject({ proposed: change, confirmed: change })).max(policiesLimitMax),
});

export const policyResponse = z.strictObject({ policy: signedDocument });

/** Base64 DER of the anchors, intermediates and revocation lists that the server decides by. */
export const revocationResponse = z.strictObject({
  anchors: z.array(z.string()),
  intermediates: z.array(z.string()),
  lists: z.array(z.string()),
});

export type Change = z.output<typeof change>;
export type ActItem = z.output<typeof actItem>;
export type ActsResponse = z.output<typeof actsResponse>;
export type ChainHead = z.output<typeof chainHead>;
export type SignInResponse = z.output<typeof signInResponse>;
export type StatusResponse = z.output<typeof statusResponse>;
export type RefusalBody = z.output<typeof refusalBody>;
