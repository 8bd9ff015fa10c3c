import {
  extensions,
  keyIdentifierOf,
  makeKey,
  writeCertificate,
  writeRevocationList,
  type CertificateContent,
  type NameParts,
  type RevocationListContent,
  type SignatureKind,
  type SigningKey,
  type WrittenExtension,
} from '../../dev/ca/index.ts';
import {
  createVerifier,
  defaultAlgorithmPolicy,
  nationalPurposes,
  nationalRoleMappings,
  defaultSuite,
  type TrustConfiguration,
  type VerificationReport,
  type Verifier,
} from '../../eds/index.ts';
import { certificateOf, content, nowMs, signBes, storeOf } from './world.ts';

const dayMs = 24 * 60 * 60 * 1000;
const name = (text: string): NameParts => [
  ['2.5.4.3', text],
  ['2.5.4.6', 'KZ'],
];

/** Changes to one certificate of a hierarchy; `extensions` replaces those with the same OID and adds the others. */
export type Change = Partial<Omit<CertificateContent, 'extensions'>> & {
  readonly extensions?: readonly WrittenExtension[];
  readonly without?: readonly string[];
  readonly digest?: SignatureKind;
  readonly signedBy?: SigningKey;
};

export type Hierarchy = {
  readonly keys: { readonly root: SigningKey; readonly issuing: SigningKey; readonly signer: SigningKey };
  readonly root: Uint8Array;
  readonly issuing: Uint8Array;
  readonly signer: Uint8Array;
};

const rootKey = makeKey('ec-p256');
const issuingKey = makeKey('ec-p256');
const signerKey = makeKey('ec-p256');
export const keys: Hierarchy['keys'] = { root: rootKey, issuing: issuingKey, signer: signerKey };

export type Changes = { readonly root?: Change; readonly issuing?: Change; readonly signer?: Change };

/** A root, an issuing authority and a signer that are right in everything but the changes. */
export function hierarchy(changes: Changes = {}, by = keys): Hierarchy {
  const authority = [extensions.basicConstraints(true), extensions.keyUsage(['keyCertSign', 'cRLSign'])];
  const person = [
    extensions.keyUsage(['digitalSignature', 'nonRepudiation']),
    extensions.extendedKeyUsage(['1.3.6.1.5.5.7.3.4', '1.2.398.3.3.4.1.2', '1.2.398.3.3.4.1.2.5']),
    extensions.keyCarrier('1.2.398.3.3.5.2.2'),
    extensions.policies(['1.2.398.3.3.2']),
  ];
  return {
    keys: by,
    root: make(
      { own: by.root, by: by.root, subject: name('ROOT'), issuer: name('ROOT'), says: authority },
      changes.root,
    ),
    issuing: make(
      { own: by.issuing, by: by.root, subject: name('ISSUING'), issuer: name('ROOT'), says: authority },
      changes.issuing,
    ),
    signer: make(
      { own: by.signer, by: by.issuing, subject: name('SIGNER'), issuer: name('ISSUING'), says: person },
      changes.signer,
    ),
  };
}

type Plan = {
  readonly own: SigningKey;
  readonly by: SigningKey;
  readonly subject: NameParts;
  readonly issuer: NameParts;
  readonly says: readonly WrittenExtension[];
};

function make(plan: Plan, change: Change = {}): Uint8Array {
  const { extensions: changed = [], without = [], digest, signedBy, ...fields } = change;
  const identifiers = [
    extensions.subjectKey(keyIdentifierOf(plan.own.subjectPublicKeyInfo)),
    extensions.authorityKey(keyIdentifierOf(plan.by.subjectPublicKeyInfo)),
  ];
  const dropped = new Set([...without, ...changed.map((one) => one.oid)]);
  const kept = [...plan.says, ...identifiers].filter((one) => !dropped.has(one.oid));
  const all = {
    serial: '4711',
    issuer: plan.issuer,
    subject: plan.subject,
    notBeforeMs: nowMs - 30 * dayMs,
    notAfterMs: nowMs + 30 * dayMs,
    subjectPublicKeyInfo: plan.own.subjectPublicKeyInfo,
    ...fields,
    extensions: [...kept, ...changed],
  };
  return writeCertificate(all, signedBy ?? plan.by, digest);
}

/** A list of the root or the issuing authority that is right in everything but the changes. */
export function list(
  of: 'root' | 'issuing',
  change: Partial<RevocationListContent> = {},
  signedBy?: SigningKey,
  by = keys,
): Uint8Array {
  const key = by[of];
  const right = {
    issuer: name(of === 'root' ? 'ROOT' : 'ISSUING'),
    authorityKeyIdentifier: keyIdentifierOf(key.subjectPublicKeyInfo),
    number: 1,
    thisUpdateMs: nowMs - dayMs,
    nextUpdateMs: nowMs + dayMs,
    revoked: [],
  };
  return writeRevocationList({ ...right, ...change }, signedBy ?? key);
}

export type Judgement = {
  readonly lists?: readonly Uint8Array[];
  readonly responses?: readonly Uint8Array[];
  readonly trust?: Partial<TrustConfiguration>;
  readonly atMs?: number;
  readonly roles?: readonly ('head' | 'employee')[];
};

/** Signs with the hierarchy's signer and judges the result with trust in its root. */
export function judge(made: Hierarchy, how: Judgement = {}): VerificationReport {
  const cms = signBes({ key: made.keys.signer, certificate: made.signer, serial: '4711' });
  return judgeCms(cms, made, how);
}

export function judgeCms(cms: Uint8Array, made: Hierarchy, how: Judgement = {}): VerificationReport {
  return verifierFor(made, how).verify({
    cms,
    content,
    atMs: how.atMs ?? nowMs,
    ...(how.roles === undefined ? {} : { requireRoles: how.roles }),
  });
}

/** A verifier that trusts the root of the hierarchy and knows its issuing authority. */
export function verifierFor(made: Hierarchy, how: Judgement = {}): Verifier {
  const store = storeOf(how.lists ?? [list('root'), list('issuing')], how.responses);
  return createVerifier({
    anchors: [certificateOf(made.root)],
    intermediates: [certificateOf(made.issuing)],
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    refusedPolicies: [],
    revocation: () => store,
    ...how.trust,
  });
}
