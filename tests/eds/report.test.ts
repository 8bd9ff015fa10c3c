import { describe, expect, test } from 'vitest';
import { signOctets } from '../../dev/ca/index.ts';
import {
  contextTag,
  element,
  objectIdentifier,
  octetString,
  openDer,
  messageLimits,
  retagged,
  sequence,
  setOf,
} from '../../eds/der/index.ts';
import { reasonCatalogue, stageNames } from '../../eds/verify/index.ts';
import { hierarchy, judge, judgeCms, list, verifierFor } from './hierarchy.ts';
import { rebuild } from './rebuild.ts';
import { certificateOf, content, holder, makeCa, makeSigner, nowMs, signBes, storeOf, verifierOf } from './world.ts';

describe('a report', () => {
  const ca = makeCa();
  const verifier = verifierOf(ca);
  const signer = makeSigner(ca);

  test('names the signer, and passes every stage with its own reason', () => {
    const report = verifier.verify({ cms: signBes(signer), content, atMs: nowMs, requireRoles: ['employee'] });
    expect(report).toMatchObject({ verdict: 'VALID', subIndication: '', referenceTimeMs: nowMs });
    expect(report.stages.map((stage) => [stage.name, stage.outcome, stage.reason])).toEqual([
      ['parse', 'PASS', 'cms-read'],
      ['digest', 'PASS', 'content-agrees'],
      ['signature', 'PASS', 'signature-right'],
      ['signing-certificate', 'PASS', 'signing-certificate-bound'],
      ['chain', 'PASS', 'chain-trusted'],
      ['revocation', 'PASS', 'not-revoked'],
      ['time', 'PASS', 'time-in-validity'],
      ['role', 'PASS', 'role-held'],
      ['carrier', 'PASS', 'carrier-not-demanded'],
    ]);
    expect(report.signer).toMatchObject({
      commonName: `${holder.surname} ${holder.name}`,
      givenName: holder.patronymic,
      iin: holder.iin,
      bin: holder.organisation?.bin,
      roles: ['legal-entity', 'employee'],
      carrier: 'kaztoken',
      certificateSha256: certificateOf(signer.certificate).sha256,
      algorithm: 'ecdsa-sha256',
      claimedAtMs: nowMs,
    });
  });

  test('gives what it stands on: the path and the lists that decided', () => {
    const made = hierarchy();
    const { evidence } = judge(made);
    expect(evidence.path.map((one) => one.der)).toEqual([made.signer, made.issuing, made.root]);
    expect(evidence.revocationLists.map((one) => one.issuer.attributes[0]?.value)).toEqual(['ISSUING', 'ROOT']);
    expect(judge(made, { lists: [] }).evidence.revocationLists).toEqual([]);
  });

  test('keeps its stages apart: an expired certificate never shows as a wrong digest', () => {
    const made = hierarchy({ signer: { notAfterMs: nowMs - 1000 } });
    const report = judge(made, { lists: [] });
    const against = report.stages.filter((stage) => stage.outcome !== 'PASS').map((stage) => stage.reason);
    expect(against).toEqual(['crl-missing', 'certificate-expired']);
    expect(report).toMatchObject({
      verdict: 'INVALID',
      reason: 'certificate-expired',
      stage: 'time',
      subIndication: 'EXPIRED',
    });
  });

  test('of a file that cannot be read says so and checks nothing else', () => {
    const report = verifier.verify({ cms: content, content, atMs: nowMs });
    expect(report).toMatchObject({
      verdict: 'INVALID',
      reason: 'cms-malformed',
      signer: undefined,
      subIndication: 'FORMAT_FAILURE',
    });
    expect(report.stages.slice(1).every((stage) => stage.reason === 'not-checked')).toBe(true);
  });

  test('without the content of a detached signature cannot tell', () => {
    expect(verifier.verify({ cms: signBes(signer), atMs: nowMs })).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'content-missing',
    });
  });

  test('of a signature without signed attributes says so, and not that the content is missing', () => {
    const bare = rebuild(signBes(signer), { signer: (parts) => parts.toSpliced(3, 1) });
    expect(verifier.verify({ cms: bare, content, atMs: nowMs })).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'signed-attributes-missing',
    });
    expect(verifier.verify({ cms: bare, atMs: nowMs })).toMatchObject({ reason: 'content-missing' });
  });

  test('of an attached signature refuses other content beside it', () => {
    const cms = signBes(signer, { form: 'attached' });
    expect(verifier.verify({ cms, atMs: nowMs }).verdict).toBe('VALID');
    expect(verifier.verify({ cms, content: new Uint8Array(3), atMs: nowMs })).toMatchObject({
      verdict: 'INVALID',
      reason: 'content-differs',
    });
  });

  test('says in the words of EN 319 102-1 what that standard would say, which is not always what we say', () => {
    const indicationOf = (changes: Parameters<typeof hierarchy>[0], how = {}) => {
      const { verdict, indication, subIndication } = judge(hierarchy(changes), how);
      return [verdict, indication, subIndication];
    };
    const revoked = [{ serial: '4711', revokedAtMs: nowMs - 1, reason: 1 }];
    expect(indicationOf({})).toEqual(['VALID', 'TOTAL-PASSED', '']);
    expect(indicationOf({}, { lists: [list('root'), list('issuing', { revoked })] })).toEqual([
      'INVALID',
      'TOTAL-FAILED',
      'REVOKED',
    ]);
    expect(indicationOf({ issuing: { without: ['2.5.29.19'] } })).toEqual([
      'INVALID',
      'INDETERMINATE',
      'CHAIN_CONSTRAINTS_FAILURE',
    ]);
    expect(indicationOf({}, { lists: [] })).toEqual(['INDETERMINATE', 'INDETERMINATE', 'TRY_LATER']);
  });

  test('knows every reason by its stage, and every stage has a reason to pass', () => {
    const entries = Object.values(reasonCatalogue);
    for (const name of stageNames)
      expect(entries.some(([stage, outcome]) => stage === name && outcome === 'PASS')).toBe(true);
    for (const [, outcome, indication] of entries) expect(indication === '').toBe(outcome === 'PASS');
  });
});

describe('what surrounds a signature', () => {
  const made = hierarchy();
  const cms = signBes({ key: made.keys.signer, certificate: made.signer, serial: '4711' });
  const lists = [list('root'), list('issuing')];

  test('put together again without a change is VALID', () => {
    expect(rebuild(cms, {})).toEqual(cms);
    expect(judgeCms(rebuild(cms, {}), made, { lists }).verdict).toBe('VALID');
  });

  test('a time-stamp that nobody here can judge yet is not ignored', () => {
    const unsigned = element(
      contextTag(1),
      sequence(objectIdentifier('1.2.840.113549.1.9.16.2.14'), setOf(sequence())),
    );
    const report = judgeCms(rebuild(cms, { signer: (parts) => [...parts, unsigned] }), made, { lists });
    expect(report).toMatchObject({ verdict: 'INDETERMINATE', reason: 'time-stamp-unsupported' });
  });

  test('a certificate beside the signature that leads nowhere is not ignored', () => {
    const stranger = makeSigner(makeCa()).certificate;
    const carry = (parts: readonly Uint8Array[]): readonly Uint8Array[] =>
      parts.map((part) => (part[0] === contextTag(0) ? element(contextTag(0), made.signer, stranger) : part));
    const report = judgeCms(rebuild(cms, { body: carry }), made, { lists });
    expect(report).toMatchObject({ verdict: 'INDETERMINATE', reason: 'certificate-unexplained' });
  });

  test('a second certificate with the same issuer and number does not take the place of the one that was signed', () => {
    const twin = hierarchy({ signer: { subject: [['2.5.4.3', 'SOMEBODY ELSE']] } }).signer;
    const carry =
      (list_: readonly Uint8Array[]) =>
      (parts: readonly Uint8Array[]): readonly Uint8Array[] =>
        parts.map((part) => (part[0] === contextTag(0) ? element(contextTag(0), ...list_) : part));
    const replaced = judgeCms(rebuild(cms, { body: carry([twin]) }), made, { lists });
    expect(replaced).toMatchObject({ verdict: 'INVALID', reason: 'signing-certificate-differs' });
    const beside = judgeCms(rebuild(cms, { body: carry([twin, made.signer]) }), made, { lists });
    expect(beside).toMatchObject({ verdict: 'VALID', signer: { commonName: 'SIGNER' } });
  });

  test('attributes that say one thing twice are malformed, even under a right signature', () => {
    const signAnew = (parts: readonly Uint8Array[]): readonly Uint8Array[] => {
      const attributes: Uint8Array[] = [];
      const set = openDer(parts[3] ?? new Uint8Array(0), messageLimits).enter(contextTag(0));
      while (set.hasMore) attributes.push(set.element());
      const claimed = attributes.find((one) => one.includes(0x17)) ?? new Uint8Array(0);
      const twice = setOf(...attributes, claimed);
      const signature = octetString(signOctets(made.keys.signer, 'sha256', twice));
      return [...parts.slice(0, 3), retagged(contextTag(0), twice), ...parts.slice(4, -1), signature];
    };
    expect(judgeCms(rebuild(cms, { signer: signAnew }), made, { lists })).toMatchObject({ reason: 'cms-malformed' });
  });

  test('a signature that carries no certificate cannot be told', () => {
    const bare = rebuild(cms, { body: (parts) => parts.filter((part) => part[0] !== contextTag(0)) });
    expect(judgeCms(bare, made, { lists })).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'signing-certificate-absent',
    });
  });

  test('an issuing authority that only the file carries is found', () => {
    const carried = signBes(
      { key: made.keys.signer, certificate: made.signer, serial: '4711' },
      { chain: [made.issuing] },
    );
    expect(judgeCms(carried, made, { lists, trust: { intermediates: [] } }).verdict).toBe('VALID');
    expect(judgeCms(cms, made, { lists, trust: { intermediates: [] } })).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'issuer-unknown',
    });
  });

  test('a fresh list is used from the moment it is in the store, and memory never outlives a revocation', () => {
    let current = lists;
    const verifier = verifierFor(made, { trust: { revocation: () => storeOf(current) } });
    expect(verifier.verify({ cms, content, atMs: nowMs }).verdict).toBe('VALID');
    current = [list('root'), list('issuing', { revoked: [{ serial: '4711', revokedAtMs: nowMs - 1, reason: 0 }] })];
    expect(verifier.verify({ cms, content, atMs: nowMs })).toMatchObject({ verdict: 'INVALID', reason: 'revoked' });
    current = [];
    expect(verifier.verify({ cms, content, atMs: nowMs })).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'crl-missing',
    });
  });
});
