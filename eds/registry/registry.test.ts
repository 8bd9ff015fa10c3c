import { describe, expect, test } from 'vitest';
import type { Certificate } from '../x509/index.ts';
import { parseAuthorityRegistry, type AuthorityRegistry } from './authority-registry.ts';
import { defaultAuthorityRegistry } from './default-registry.ts';
import { roleMappingsFor, trustFromRegistry } from './registered-trust.ts';
import { roleMaps } from './role-maps.ts';

const hash = (digit: string): string => digit.repeat(64);
const key = (digit: string): string => digit.repeat(40);

const root = {
  name: 'Негізгі орталық',
  keyIdentifiers: [key('1')],
  anchors: [hash('1')],
  intermediates: [],
  roleMap: 'none',
  timeStampPolicies: [],
  validFromMs: 1_000,
  validUntilMs: 9_000,
  source: 'https://root.example/registry',
};
const national = {
  ...root,
  name: 'Ұлттық орталық',
  keyIdentifiers: [key('2')],
  anchors: [],
  intermediates: [hash('2')],
  roleMap: 'national',
  timeStampPolicies: ['1.2.398.3.3.2.6.4'],
};
const bank = {
  ...national,
  keyIdentifiers: [key('3')],
  intermediates: [hash('3')],
  roleMap: 'bts-digital',
  timeStampPolicies: [],
};
const document = { form: 'qorgan.authorities/1', version: 3, authorities: [root, national, bank] };

function registryOf(value: unknown): AuthorityRegistry {
  const parsed = parseAuthorityRegistry(value);
  if (!parsed.ok) throw new Error('the registry of this test is refused');
  return parsed.value;
}

/** As much of a certificate as a registry looks at. */
const certificate = (sha256: string, subjectKeyIdentifier: string | undefined): Certificate =>
  ({ sha256, extensions: { subjectKeyIdentifier } }) as unknown as Certificate;

const [rootCa, nationalCa, bankCa, stranger] = ['1', '2', '3', '4'].map((digit) =>
  certificate(hash(digit), key(digit)),
) as [Certificate, Certificate, Certificate, Certificate];

describe('a registry of authorities', () => {
  test('is read as it is written', () => {
    expect(registryOf(document)).toEqual(document);
  });

  const withRoot = (changes: object): object => ({ ...document, authorities: [{ ...root, ...changes }, national] });
  test.each([
    ['nothing', undefined],
    ['a list', [document]],
    ['another form', { ...document, form: 'qorgan.authorities/2' }],
    ['a version that is none', { ...document, version: 0 }],
    ['a version as a text', { ...document, version: '1' }],
    ['a member that is not known', { ...document, note: '' }],
    ['no authorities', { ...document, authorities: [] }],
    ['an authority that is none', { ...document, authorities: [null] }],
    ['a member of an authority that is not known', withRoot({ trusted: true })],
    ['a member that is missing', withRoot({ source: undefined })],
    ['a role map that is not known', withRoot({ roleMap: 'bank' })],
    ['a role map by an inherited name', withRoot({ roleMap: 'toString' })],
    ['a hash in capitals', withRoot({ anchors: [hash('A')] })],
    ['a hash that is too short', withRoot({ anchors: ['11'] })],
    ['a key identifier of half an octet', withRoot({ keyIdentifiers: ['123456789'] })],
    ['a name that turns the line', withRoot({ name: 'a\u202Eb' })],
    ['a name with a control', withRoot({ name: 'a\u001Bb' })],
    ['a policy that is no identifier', withRoot({ timeStampPolicies: ['1.2.03'] })],
    ['an end before the beginning', withRoot({ validUntilMs: 999 })],
    ['a time that is no number', withRoot({ validFromMs: Number.NaN })],
    ['a source without encryption', withRoot({ source: 'http://root.example/' })],
    [
      'more pins than the bound',
      withRoot({ anchors: Array.from({ length: 17 }, (_, i) => String(i + 10).repeat(32)) }),
    ],
    ['one certificate in two places', withRoot({ intermediates: [hash('2')] })],
    ['one key of two authorities', withRoot({ keyIdentifiers: [key('2')] })],
  ])('is refused with %s', (_what, value) => {
    expect(parseAuthorityRegistry(value)).toEqual({ ok: false, refusal: { code: 'document-malformed' } });
  });

  test('is bounded in its authorities', () => {
    const authority = (i: number): object => ({
      ...root,
      keyIdentifiers: [i.toString(16).padStart(40, '0')],
      anchors: [i.toString(16).padStart(64, '0')],
    });
    const many = (length: number): object => ({
      ...document,
      authorities: Array.from({ length }, (_, i) => authority(i)),
    });
    expect(parseAuthorityRegistry(many(256)).ok).toBe(true);
    expect(parseAuthorityRegistry(many(257)).ok).toBe(false);
  });
});

describe('trust by a registry', () => {
  const registry = registryOf(document);
  const from = (certificates: readonly Certificate[], atMs = 5_000) =>
    trustFromRegistry({ registry, certificates, atMs });

  test('has anchors, intermediates, roles and time-stamps as the registry says', () => {
    expect(from([nationalCa, rootCa])).toEqual({
      ok: true,
      value: {
        anchors: [rootCa],
        intermediates: [nationalCa],
        roleMappings: [
          { issuers: [key('2')], roles: roleMaps.national },
          { issuers: [key('1')], roles: {} },
        ],
        timeStamping: { policies: ['1.2.398.3.3.2.6.4'], issuers: [key('2')] },
        roleMaps: [
          { authority: key('2'), map: 'national' },
          { authority: key('1'), map: 'none' },
        ],
      },
    });
  });

  test('gives nobody a say who was not imported', () => {
    expect(from([rootCa])).toMatchObject({
      value: { roleMappings: [{ roles: {} }], timeStamping: { policies: [], issuers: [] } },
    });
  });

  test('refuses the whole import for one certificate that is not pinned', () => {
    expect(from([rootCa, nationalCa, stranger])).toEqual({
      ok: false,
      refusal: { code: 'authority-not-pinned', details: { sha256: hash('4') } },
    });
  });

  test('refuses a pinned certificate with another key than the registry gives it', () => {
    expect(from([certificate(hash('1'), key('9'))])).toMatchObject({ refusal: { code: 'authority-key-differs' } });
    expect(from([certificate(hash('1'), undefined)])).toMatchObject({ refusal: { code: 'authority-key-differs' } });
  });

  test.each([999, 9_001, Number.NaN])('refuses an authority outside of its time, at %d', (atMs) => {
    expect(from([rootCa], atMs)).toMatchObject({ refusal: { code: 'authority-not-in-force' } });
  });

  test.each([1_000, 9_000])('takes an authority at the ends of its time, at %d', (atMs) => {
    expect(from([rootCa], atMs).ok).toBe(true);
  });

  test('lets an authority of the registry grant roles in its own language only, and others in the one that is given', () => {
    expect(roleMappingsFor(registry, [bankCa, stranger], roleMaps.national)).toEqual([
      { issuers: [key('3')], roles: roleMaps['bts-digital'] },
      { issuers: [key('4')], roles: roleMaps.national },
    ]);
  });
});

test('the built-in registry is the first version and pins eleven certificates', () => {
  const pins = defaultAuthorityRegistry.authorities.flatMap(({ anchors, intermediates }) => [
    ...anchors,
    ...intermediates,
  ]);
  expect([defaultAuthorityRegistry.version, pins.length]).toEqual([1, 11]);
});
