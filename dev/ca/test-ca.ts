import { createHash } from 'node:crypto';
import { toHex } from '../../core/kernel/index.ts';
import { oids } from '../../eds/der/index.ts';
import type { KeyCarrier, SignerRole } from '../../eds/x509/index.ts';
import {
  extensions,
  keyIdentifierOf,
  writeCertificate,
  type CertificateContent,
  type NameParts,
} from './certificate-writer.ts';
import { writeRevocationList, type Revoked } from './crl-writer.ts';
import { readAuthority, writeAuthority, type AuthorityState } from './files.ts';
import {
  holderExtensions,
  policiesOf,
  serviceExtensions,
  subjectParts,
  type AuthorityAddresses,
  type Holder,
  type KeyPurpose,
  type ServicePurpose,
} from './profile.ts';
import { makeKey, type KeyKind } from './signing-key.ts';

export type TestCaOptions = {
  /** Marks every certificate with the demonstration policy, which production refuses. */
  readonly demo: boolean;
  readonly now: () => number;
  /** Where the authority lives between runs; without one it lives in memory. */
  readonly directory?: string;
  /** Keys of the two authorities; elliptic ones make tests quick. */
  readonly keys?: KeyKind;
  /** What holders' certificates say about where lists and OCSP answers are; without it, an address that nobody answers. */
  readonly addresses?: AuthorityAddresses;
};

export type IssueRequest = {
  /** The public key, SubjectPublicKeyInfo in DER: the private one stays where it was made. */
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly holder: Holder;
  readonly roles: readonly SignerRole[];
  readonly purpose?: KeyPurpose;
  readonly carrier?: KeyCarrier;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
};

export type IssuedCertificate = {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly serial: string;
};

export type ServiceRequest = {
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly purpose: ServicePurpose;
  readonly notAfterMs?: number;
};

/** A root and an issuing authority for development and tests, with the certificate profile of the national authority. Never shipped. */
export type TestCa = {
  /** The anchor, DER. */
  readonly rootCertificate: Uint8Array;
  /** The authority that signs holders' certificates, DER. */
  readonly issuingCertificate: Uint8Array;
  readonly issue: (request: IssueRequest) => IssuedCertificate;
  /** A certificate of the authority's own OCSP responder or time-stamping service, whose common name is the purpose. */
  readonly issueService: (request: ServiceRequest) => IssuedCertificate;
  /** What the authority knows of a serial number: never issued, issued, or revoked. */
  readonly statusOf: (serial: string) => 'unknown' | 'issued' | Revoked;
  /** Puts a certificate of the issuing authority on its list from now on; the reason is a number of RFC 5280 §5.3.1. */
  readonly revoke: (serial: string, reason?: number) => void;
  /** Takes a certificate off the list again: right for one on hold only. */
  readonly release: (serial: string) => void;
  /** A list of the issuing authority as of this time, or now, DER. */
  readonly crl: (thisUpdateMs?: number) => Uint8Array;
  /** What changed since the last `crl`, DER. */
  readonly deltaCrl: (thisUpdateMs?: number) => Uint8Array;
  /** Fresh lists of root and issuing authority: a verifier needs both. */
  readonly crls: () => readonly [root: Uint8Array, issuing: Uint8Array];
};

const dayMs = 24 * 60 * 60 * 1000;
const listLifetimeMs = 7 * dayMs;
const crlUrls = { root: 'http://crl.qorgan.test/root.crl', issuing: 'http://crl.qorgan.test/issuing.crl' } as const;

/** Opens the authority in `directory`, or makes one. Making RSA keys takes about a second. Throws when the folder's authority is of the other kind. */
export function createTestCa(options: TestCaOptions): TestCa {
  const { directory, now } = options;
  const kept = directory === undefined ? undefined : readAuthority(directory);
  if (kept !== undefined && kept.isDemo !== options.demo)
    throw new Error('test authority: the folder holds one of the other kind');
  let state = kept ?? establish(options);
  const save = (next: AuthorityState): void => {
    if (directory !== undefined) writeAuthority(directory, next);
    state = next;
  };
  save(state);
  const names = authorityNames(options.demo);
  const { addresses = { crl: crlUrls.issuing } } = options;
  const record = (issued: IssuedCertificate): IssuedCertificate => {
    save({ ...state, issuedCount: state.issuedCount + 1, issued: [...state.issued, issued.serial] });
    return issued;
  };
  const list = (of: 'root' | 'issuing' | 'delta', thisUpdateMs = now()): Uint8Array => {
    const { der, next } = writeList(of, state, names, thisUpdateMs);
    save(next);
    return der;
  };
  return {
    rootCertificate: state.rootCertificate,
    issuingCertificate: state.issuingCertificate,
    issue: (request) => record(issue(request, { state, issuer: names.issuing, addresses }, now())),
    issueService: (request) => record(issueService(request, { state, issuer: names.issuing, addresses }, now())),
    statusOf: (serial) =>
      state.revoked.find((one) => one.serial === serial) ?? (state.issued.includes(serial) ? 'issued' : 'unknown'),
    revoke: (serial, reason = 0) => {
      save({ ...state, revoked: [...state.revoked, { serial, revokedAtMs: now(), reason }] });
    },
    release: (serial) => save({ ...state, revoked: state.revoked.filter((one) => one.serial !== serial) }),
    crl: (thisUpdateMs) => list('issuing', thisUpdateMs),
    deltaCrl: (thisUpdateMs) => list('delta', thisUpdateMs),
    crls: () => [list('root'), list('issuing')],
  };
}

/** A list and the state after it. The delta list names who was revoked since the base list, and who was taken off it (reason 8). */
function writeList(
  of: 'root' | 'issuing' | 'delta',
  state: AuthorityState,
  names: ReturnType<typeof authorityNames>,
  nowMs: number,
): { readonly der: Uint8Array; readonly next: AuthorityState } {
  const key = of === 'root' ? state.rootKey : state.issuingKey;
  const { base, revoked, listNumber } = state;
  const isIn = (list: readonly Revoked[], one: Revoked): boolean => list.some(({ serial }) => serial === one.serial);
  const changed = [
    ...revoked.filter((one) => !isIn(base.revoked, one)),
    ...base.revoked.filter((one) => !isIn(revoked, one)).map((one) => ({ ...one, reason: 8 })),
  ];
  const content = {
    issuer: names[of === 'root' ? 'root' : 'issuing'],
    authorityKeyIdentifier: keyIdentifierOf(key.subjectPublicKeyInfo),
    number: listNumber,
    thisUpdateMs: nowMs,
    nextUpdateMs: nowMs + listLifetimeMs,
    revoked: { root: [], issuing: revoked, delta: changed }[of],
    ...(of === 'delta' ? { baseNumber: base.number } : {}),
  };
  const next = {
    ...state,
    listNumber: listNumber + 1,
    ...(of === 'issuing' ? { base: { number: listNumber, revoked } } : {}),
  };
  return { der: writeRevocationList(content, key), next };
}

/** Names in Kazakh, as the national authorities write theirs. */
function authorityNames(isDemo: boolean): { readonly root: NameParts; readonly issuing: NameParts } {
  const mark = isDemo ? 'DEMO' : 'TEST';
  const name = (commonName: string): NameParts => [
    [oids.commonName, commonName],
    [oids.country, 'KZ'],
  ];
  return {
    root: name(`СЫНАҚ НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA) ${mark}`),
    issuing: name(`СЫНАҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA) ${mark}`),
  };
}

function establish({ demo, now, keys = 'rsa-3072' }: TestCaOptions): AuthorityState {
  const names = authorityNames(demo);
  const rootKey = makeKey(keys);
  const issuingKey = makeKey(keys);
  const rootIdentifier = keyIdentifierOf(rootKey.subjectPublicKeyInfo);
  const issuingIdentifier = keyIdentifierOf(issuingKey.subjectPublicKeyInfo);
  const notBeforeMs = wholeSeconds(now() - dayMs);
  const policies = extensions.policies(policiesOf(demo));
  const authorityUsage = extensions.keyUsage(['keyCertSign', 'cRLSign']);
  const rootCertificate = writeCertificate(
    {
      serial: serialFrom(rootIdentifier),
      issuer: names.root,
      subject: names.root,
      notBeforeMs,
      notAfterMs: notBeforeMs + 20 * 365 * dayMs,
      subjectPublicKeyInfo: rootKey.subjectPublicKeyInfo,
      extensions: [
        extensions.basicConstraints(true),
        authorityUsage,
        extensions.subjectKey(rootIdentifier),
        extensions.authorityKey(rootIdentifier),
        policies,
      ],
    },
    rootKey,
  );
  const issuingCertificate = writeCertificate(
    {
      serial: serialFrom(issuingIdentifier),
      issuer: names.root,
      subject: names.issuing,
      notBeforeMs,
      notAfterMs: notBeforeMs + 10 * 365 * dayMs,
      subjectPublicKeyInfo: issuingKey.subjectPublicKeyInfo,
      extensions: [
        extensions.basicConstraints(true, 0),
        authorityUsage,
        extensions.crlDistribution(crlUrls.root),
        extensions.subjectKey(issuingIdentifier),
        extensions.authorityKey(rootIdentifier),
        policies,
      ],
    },
    rootKey,
  );
  return {
    isDemo: demo,
    rootKey,
    issuingKey,
    rootCertificate,
    issuingCertificate,
    issuedCount: 0,
    issued: [],
    listNumber: 1,
    revoked: [],
    base: { number: 0, revoked: [] },
  };
}

type Issuing = {
  readonly state: AuthorityState;
  readonly issuer: NameParts;
  readonly addresses: AuthorityAddresses;
};

function issue(request: IssueRequest, { state, issuer, addresses }: Issuing, nowMs: number): IssuedCertificate {
  const { subjectPublicKeyInfo, notBeforeMs, notAfterMs } = request;
  const extensionsOfHolder = holderExtensions({
    subjectPublicKeyInfo,
    authorityKeyIdentifier: keyIdentifierOf(state.issuingKey.subjectPublicKeyInfo),
    purpose: request.purpose ?? 'signing',
    roles: request.roles,
    carrier: request.carrier ?? 'kaztoken',
    isDemo: state.isDemo,
    addresses,
  });
  const subject = subjectParts(request.holder);
  return signIssued(
    { subjectPublicKeyInfo, subject, issuer, notBeforeMs, notAfterMs, extensions: extensionsOfHolder },
    state,
    nowMs,
  );
}

function issueService(request: ServiceRequest, { state, issuer }: Issuing, nowMs: number): IssuedCertificate {
  const { subjectPublicKeyInfo, purpose, notAfterMs } = request;
  const authorityKeyIdentifier = keyIdentifierOf(state.issuingKey.subjectPublicKeyInfo);
  const content = {
    subjectPublicKeyInfo,
    subject: [[oids.commonName, purpose]] as const,
    issuer,
    notBeforeMs: undefined,
    notAfterMs,
    extensions: serviceExtensions(purpose, { subjectPublicKeyInfo, authorityKeyIdentifier }, state.isDemo),
  };
  return signIssued(content, state, nowMs);
}

type IssuedContent = Omit<CertificateContent, 'serial' | 'notBeforeMs' | 'notAfterMs'> & {
  readonly notBeforeMs: number | undefined;
  readonly notAfterMs: number | undefined;
};

function signIssued(content: IssuedContent, state: AuthorityState, nowMs: number): IssuedCertificate {
  // The national authority takes serial numbers from the key; the count keeps two certificates of one key apart.
  const serial = serialFrom(
    createHash('sha256')
      .update(content.subjectPublicKeyInfo)
      .update(String(state.issuedCount + 1))
      .digest(),
  );
  const notBeforeMs = wholeSeconds(content.notBeforeMs ?? nowMs - 60 * 60 * 1000);
  const notAfterMs = wholeSeconds(content.notAfterMs ?? nowMs + 365 * dayMs);
  const certificate = writeCertificate({ ...content, serial, notBeforeMs, notAfterMs }, state.issuingKey);
  return { certificate, serial };
}

function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000;
}

/** 160 bits with the top bit cleared, so that the number is positive in 20 octets; and its first octet never zero, so that it is minimal. */
function serialFrom(octets: Uint8Array): string {
  const serial = Uint8Array.from(octets.subarray(0, 20));
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return toHex(serial);
}
