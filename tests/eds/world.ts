import { sign } from 'node:crypto';
import {
  createTestCa,
  makeKey,
  type IssueRequest,
  type KeyKind,
  type SigningKey,
  type TestCa,
} from '../../dev/ca/index.ts';
import {
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  nationalPurposes,
  nationalRoleMappings,
  defaultSuite,
  parseCertificate,
  parseOcspResponse,
  parseRevocationList,
  prepareBes,
  type Certificate,
  type RevocationStore,
  type SigningAlgorithm,
  type TrustConfiguration,
  type Verifier,
} from '../../eds/index.ts';

/** The frozen moment of these tests. */
export const nowMs = Date.UTC(2026, 10, 23, 9, 30, 0);

/** An imaginary person; the identity numbers have right control digits. */
export const holder: IssueRequest['holder'] = {
  surname: 'ӘЛІМҚҰЛОВА',
  name: 'ҒАЗИЗА',
  patronymic: 'ҮКІҚЫЗЫ',
  iin: '900101400013',
  organisation: { name: 'АО "ҚОРҒАН СЫНАҚ"', bin: '200140000014' },
};

export const content = new TextEncoder().encode('{"act":"registration.approve","case":"Қазақстан-7"}');

export type Signer = { readonly key: SigningKey; readonly certificate: Uint8Array; readonly serial: string };

/** A fresh test authority with elliptic keys, so that tests are quick. */
export function makeCa(
  options: { readonly demo?: boolean; readonly keys?: KeyKind; readonly now?: () => number } = {},
): TestCa {
  return createTestCa({
    demo: options.demo ?? false,
    now: options.now ?? ((): number => nowMs),
    keys: options.keys ?? 'ec-p256',
  });
}

export function makeSigner(ca: TestCa, kind: KeyKind = 'ec-p256', request: Partial<IssueRequest> = {}): Signer {
  const key = makeKey(kind);
  const issued = ca.issue({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, holder, roles: ['employee'], ...request });
  return { key, ...issued };
}

const algorithms: Readonly<Record<KeyKind, SigningAlgorithm>> = {
  'rsa-1024': 'rsa-pkcs1-sha256',
  'rsa-2048': 'rsa-pkcs1-sha256',
  'rsa-3072': 'rsa-pkcs1-sha256',
  'rsa-4096': 'rsa-pkcs1-sha256',
  'ec-p256': 'ecdsa-p256-sha256',
  'ec-p384': 'ecdsa-p384-sha384',
};

/** Signs as the workstation does: attributes out, token's raw signature in. */
export function signBes(
  signer: Signer,
  options: {
    readonly kind?: KeyKind;
    readonly form?: 'attached';
    readonly chain?: readonly Uint8Array[];
    readonly content?: Uint8Array;
  } = {},
): Uint8Array {
  const algorithm = algorithms[options.kind ?? 'ec-p256'];
  const prepared = unwrap(
    prepareBes({
      content: options.content ?? content,
      certificate: signer.certificate,
      signingTimeMs: nowMs,
      algorithm,
      ...(options.form === undefined ? {} : { form: options.form }),
      ...(options.chain === undefined ? {} : { chain: options.chain }),
    }),
  );
  // What a PKCS#11 token answers: RSA as it is, ECDSA as r || s.
  const hash = algorithm === 'ecdsa-p384-sha384' ? 'sha384' : 'sha256';
  const signature = sign(hash, prepared.signedAttributes, {
    key: signer.key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return unwrap(prepared.finish(new Uint8Array(signature)));
}

export function unwrap<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: unknown },
): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.value;
}

/** PEM in lines of 64 characters, none of them empty. */
export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/gu) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

export function certificateOf(der: Uint8Array): Certificate {
  return unwrap(parseCertificate(der));
}

/** A store of these lists and OCSP responses, DER. */
export function storeOf(lists: readonly Uint8Array[], responses: readonly Uint8Array[] = []): RevocationStore {
  return createRevocationStore({
    lists: lists.map((list) => unwrap(parseRevocationList(list))),
    responses: responses.map((response) => unwrap(parseOcspResponse(response))),
  });
}

/** Trust in one test authority with fresh lists; anything can be replaced. */
export function trustOf(ca: TestCa, changes: Partial<TrustConfiguration> = {}): TrustConfiguration {
  const store = storeOf(ca.crls());
  return {
    anchors: [certificateOf(ca.rootCertificate)],
    intermediates: [certificateOf(ca.issuingCertificate)],
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    refusedPolicies: [],
    revocation: () => store,
    ...changes,
  };
}

export function verifierOf(ca: TestCa, changes: Partial<TrustConfiguration> = {}): Verifier {
  return createVerifier(trustOf(ca, changes));
}
