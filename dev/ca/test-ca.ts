import { createHash } from 'node:crypto';
import { toHex } from '../../core/kernel/index.ts';
import { oids } from '../../eds/der/index.ts';
import type { KeyCarrier, SignerRole } from '../../eds/x509/index.ts';
import { extensions, keyIdentifierOf, writeCertificate, type NameParts } from './certificate-writer.ts';
import { writeRevocationList } from './crl-writer.ts';
import { readAuthority, writeAuthority, type AuthorityState } from './files.ts';
import { holderExtensions, policiesOf, subjectParts, type Holder, type KeyPurpose } from './profile.ts';
import { makeKey, type KeyKind } from './signing-key.ts';

export type TestCaOptions = {
  /** Marks every certificate with the demonstration policy, which production refuses. */
  readonly demo: boolean;
  readonly now: () => number;
  /** Where the authority lives between runs; without one it lives in memory. */
  readonly directory?: string;
  /** Keys of the two authorities; elliptic ones make tests quick. */
  readonly keys?: KeyKind;
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

/** A root and an issuing authority for development and tests, with the certificate profile of the national authority. Never shipped. */
export type TestCa = {
  /** The anchor, DER. */
  readonly rootCertificate: Uint8Array;
  /** The authority that signs holders' certificates, DER. */
  readonly issuingCertificate: Uint8Array;
  readonly issue: (request: IssueRequest) => IssuedCertificate;
  /** Puts a certificate of the issuing authority on its list from now on; the reason is a number of RFC 5280 §5.3.1. */
  readonly revoke: (serial: string, reason?: number) => void;
  /** A fresh list of the issuing authority, DER. */
  readonly crl: () => Uint8Array;
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
  const list = (of: 'root' | 'issuing'): Uint8Array => {
    const key = of === 'root' ? state.rootKey : state.issuingKey;
    const thisUpdateMs = now();
    const content = {
      issuer: names[of],
      authorityKeyIdentifier: keyIdentifierOf(key.subjectPublicKeyInfo),
      number: state.listNumber,
      thisUpdateMs,
      nextUpdateMs: thisUpdateMs + listLifetimeMs,
      revoked: of === 'root' ? [] : state.revoked,
    };
    save({ ...state, listNumber: state.listNumber + 1 });
    return writeRevocationList(content, key);
  };
  return {
    rootCertificate: state.rootCertificate,
    issuingCertificate: state.issuingCertificate,
    issue: (request) => {
      save({ ...state, issuedCount: state.issuedCount + 1 });
      return issue(request, state, names.issuing, now());
    },
    revoke: (serial, reason = 0) => {
      save({ ...state, revoked: [...state.revoked, { serial, revokedAtMs: now(), reason }] });
    },
    crl: () => list('issuing'),
    crls: () => [list('root'), list('issuing')],
  };
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
    listNumber: 1,
    revoked: [],
  };
}

function issue(request: IssueRequest, state: AuthorityState, issuer: NameParts, nowMs: number): IssuedCertificate {
  const { subjectPublicKeyInfo } = request;
  // The national authority takes serial numbers from the key; the count keeps two certificates of one key apart.
  const serial = serialFrom(
    createHash('sha256').update(subjectPublicKeyInfo).update(String(state.issuedCount)).digest(),
  );
  const certificate = writeCertificate(
    {
      serial,
      issuer,
      subject: subjectParts(request.holder),
      notBeforeMs: wholeSeconds(request.notBeforeMs ?? nowMs - 60 * 60 * 1000),
      notAfterMs: wholeSeconds(request.notAfterMs ?? nowMs + 365 * dayMs),
      subjectPublicKeyInfo,
      extensions: holderExtensions({
        subjectPublicKeyInfo,
        authorityKeyIdentifier: keyIdentifierOf(state.issuingKey.subjectPublicKeyInfo),
        purpose: request.purpose ?? 'signing',
        roles: request.roles,
        carrier: request.carrier ?? 'kaztoken',
        isDemo: state.isDemo,
        crlUrl: crlUrls.issuing,
      }),
    },
    state.issuingKey,
  );
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
