import { equalBytes } from '../../core/kernel/index.ts';
import { allowsScheme, type VerifyingKey } from '../algorithms/index.ts';
import { isWithinScope, type RevocationList } from '../crl/index.ts';
import type { Certificate } from '../x509/index.ts';
import { speaksFor, statusAt, type Question, type Reason, type Statement, type Statements } from './statements.ts';
import type { TrustConfiguration } from './trust.ts';

type ListTrust = Pick<TrustConfiguration, 'algorithmPolicy' | 'suite'>;

/**
 * True where this authority signed the list by an algorithm that is allowed, and the list has no critical extensions that are not
 * understood. Whether the authority is to be believed, and whether the list is fresh, is not asked.
 */
export function isRevocationListOf(list: RevocationList, authority: Certificate, trust: ListTrust): boolean {
  if (list.authorityKeyIdentifier === undefined) return false;
  if (list.authorityKeyIdentifier !== authority.extensions.subjectKeyIdentifier) return false;
  const keyOf = (certificate: Certificate) => trust.suite.loadKey(certificate.subjectPublicKeyInfo);
  return judgeList(list, authority, trust, keyOf) === 'right';
}

/** A list that says what it seems to say, under the signature of this authority. */
export function judgeList(
  list: RevocationList,
  authority: Certificate,
  trust: ListTrust,
  keyOf: (certificate: Certificate) => VerifyingKey | undefined,
): Reason | 'right' {
  if (list.unknownCritical.length > 0 || list.scope.isIndirect) return 'crl-unsupported';
  if (authority.extensions.keyUsage?.includes('cRLSign') !== true) return 'crl-signature-wrong';
  const scheme = keyOf(authority)?.scheme(list.signatureAlgorithm, undefined);
  if (scheme === undefined || !allowsScheme(trust.algorithmPolicy, scheme.name)) return 'crl-unsupported';
  return scheme.verify(list.signedPart, list.signature) ? 'right' : 'crl-signature-wrong';
}

/**
 * What lists say about a certificate: each base list by itself, and each delta list with the base lists that it completes. A list that names the
 * certificate accuses it even when stale or a delta without its base.
 */
export function listStatements(
  lists: readonly RevocationList[],
  question: Question,
  signatureOf: (list: RevocationList, authority: Certificate) => Reason | 'right',
): Statements {
  const judged = lists.map((list) => ({ list, signature: signatureOf(list, question.authority) }));
  const verified = judged.flatMap(({ list, signature }) => (signature === 'right' ? [list] : []));
  const bases = verified.filter((list) => list.baseNumber === undefined);
  const said = verified.flatMap((list) =>
    list.baseNumber === undefined ? sayBase(list, question) : sayDelta(list, bases, question),
  );
  const unusable = judged.flatMap(({ signature }) => (signature === 'right' ? [] : [signature]));
  const isAnySilent = said.length < verified.length;
  return { said, unusable: isAnySilent ? [...unusable, 'crl-unsupported'] : unusable };
}

function sayBase(list: RevocationList, question: Question): readonly Statement[] {
  const entry = list.find(question.certificate.serial);
  const isNamed = entry !== undefined && entry.reason !== 'remove-from-list';
  if (!isNamed && !mayAcquit(list, question)) return [];
  const status = isNamed ? statusAt(entry, question.atMs) : ({ status: 'good', isHold: false } as const);
  return [{ ...status, ...said(list, question), lists: [list], responses: [] }];
}

function sayDelta(delta: RevocationList, bases: readonly RevocationList[], question: Question): readonly Statement[] {
  const entry = delta.find(question.certificate.serial);
  const isNamed = entry !== undefined && entry.reason !== 'remove-from-list';
  if (isNamed && statusAt(entry, question.atMs).status === 'revoked')
    return [{ ...statusAt(entry, question.atMs), ...said(delta, question), lists: [delta], responses: [] }];
  if (!mayAcquit(delta, question)) return [];
  const base = bases.find((one) => completes(delta, one) && mayAcquit(one, question));
  // Who stands on the base list, and is not removed or named anew here, still stands on it: the base list says so itself.
  const isOnBase = entry === undefined && base?.find(question.certificate.serial) !== undefined;
  if (base === undefined || isOnBase) return [];
  return [{ status: 'good', isHold: false, ...said(delta, question), lists: [delta, base], responses: [] }];
}

function mayAcquit({ scope, hasUnknownEntry }: RevocationList, { certificate }: Question): boolean {
  return isWithinScope(scope, certificate) && !hasUnknownEntry;
}

/** RFC 5280 §5.2.4: same scope, and the base list neither older than the one that the delta counts from nor newer than the delta. */
function completes(delta: RevocationList, base: RevocationList): boolean {
  if (delta.baseNumber === undefined || delta.number === undefined || base.number === undefined) return false;
  const isInOrder = delta.baseNumber <= base.number && base.number < delta.number;
  return isInOrder && equalBytes(delta.scope.der, base.scope.der);
}

function said(list: RevocationList, question: Question): Pick<Statement, 'saidAtMs' | 'isFresh'> {
  const { thisUpdateMs, nextUpdateMs } = list;
  return { saidAtMs: thisUpdateMs, isFresh: speaksFor({ thisUpdateMs, untilMs: nextUpdateMs }, question) };
}
