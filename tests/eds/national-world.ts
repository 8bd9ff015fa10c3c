import {
  extensions,
  keyIdentifierOf,
  makeNationalKey,
  signNational,
  writeCertificate,
  writeRevocationList,
  type NameParts,
  type NationalKey,
  type WrittenExtension,
} from '../../dev/ca/index.ts';
import { oids } from '../../eds/der/index.ts';
import type { NationalFamily } from '../../eds/gost/index.ts';
import {
  defaultAlgorithmPolicy,
  defaultSuite,
  nationalPurposes,
  nationalRoleMappings,
  prepareBes,
  type TrustConfiguration,
} from '../../eds/index.ts';
import { certificateOf, content, nowMs, storeOf, unwrap } from './world.ts';

/** A root, an issuing authority and holders whose keys are all of one national standard. */
export type NationalWorld = {
  readonly trust: TrustConfiguration;
  /** A fresh holder's signature over `content`: CAdES-BES, detached. */
  readonly signBes: () => Uint8Array;
};

type Party = { readonly key: NationalKey; readonly name: NameParts; readonly certificate: Uint8Array };

const yearMs = 365 * 24 * 60 * 60 * 1000;
let serial = 0x1000;

function certify(family: NationalFamily, commonName: string, own: readonly WrittenExtension[], issuer?: Party): Party {
  const key = makeNationalKey(family);
  const name: NameParts = [[oids.commonName, commonName]];
  serial += 1;
  const certificate = writeCertificate(
    {
      serial: serial.toString(16),
      issuer: issuer?.name ?? name,
      subject: name,
      notBeforeMs: nowMs - yearMs,
      notAfterMs: nowMs + yearMs,
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      extensions: [
        extensions.subjectKey(keyIdentifierOf(key.subjectPublicKeyInfo)),
        ...(issuer === undefined ? [] : [extensions.authorityKey(keyIdentifierOf(issuer.key.subjectPublicKeyInfo))]),
        ...own,
      ],
    },
    issuer?.key ?? key,
  );
  return { key, name, certificate };
}

function emptyList({ key, name }: Party): Uint8Array {
  const authorityKeyIdentifier = keyIdentifierOf(key.subjectPublicKeyInfo);
  const times = { thisUpdateMs: nowMs - 1000, nextUpdateMs: nowMs + yearMs };
  return writeRevocationList({ issuer: name, authorityKeyIdentifier, number: 1, ...times, revoked: [] }, key);
}

export function makeNationalWorld(family: NationalFamily): NationalWorld {
  const authority = [extensions.basicConstraints(true), extensions.keyUsage(['keyCertSign', 'cRLSign'])];
  const root = certify(family, 'Түбір', authority);
  const issuing = certify(family, 'Куәландырушы', authority, root);
  const store = storeOf([emptyList(root), emptyList(issuing)]);
  const holder = [
    extensions.keyUsage(['digitalSignature', 'nonRepudiation']),
    extensions.extendedKeyUsage([oids.emailProtection, '1.2.398.3.3.4.1.1']),
  ];
  return {
    trust: {
      anchors: [certificateOf(root.certificate)],
      intermediates: [certificateOf(issuing.certificate)],
      algorithmPolicy: defaultAlgorithmPolicy,
      suite: defaultSuite,
      roleMappings: nationalRoleMappings,
      purposes: nationalPurposes,
      refusedPolicies: [],
      revocation: () => store,
    },
    signBes: () => bes(certify(family, 'Қол қоюшы', holder, issuing)),
  };
}

function bes({ key, certificate }: Party): Uint8Array {
  const prepared = unwrap(prepareBes({ content, certificate, signingTimeMs: nowMs, algorithm: key.family }));
  return unwrap(prepared.finish(signNational(key, prepared.signedAttributes)));
}
