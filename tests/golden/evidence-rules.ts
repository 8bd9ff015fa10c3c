import { defaultSuite, type Certificate, type EvidenceTrust } from '../../eds/index.ts';

/** The rules of trust under which the vector was judged, written out: they do not follow when defaults change. */
export const evidenceRules = (anchors: readonly Certificate[]): EvidenceTrust => ({
  anchors,
  suite: defaultSuite,
  algorithmPolicy: {
    name: 'golden-1',
    keys: [
      { name: 'ec-p256', sizeMinBits: 256 },
      { name: 'gost-2015-512', sizeMinBits: 512 },
      { name: 'gost-2004', sizeMinBits: 256, acceptedUntilMs: 1_750_809_600_000 },
    ],
    schemes: [{ name: 'ecdsa-sha256' }, { name: 'gost-34.10-2015-512' }],
    digests: [{ name: '2.16.840.1.101.3.4.2.1' }, { name: '1.2.398.3.10.1.3.3' }],
  },
  roleMappings: [{ issuers: 'any', roles: { '1.2.398.3.3.4.1.2.5': 'employee' } }],
  purposes: { accepted: ['1.3.6.1.5.5.7.3.4'], refused: ['1.2.398.6.1.1.1.1'] },
  refusedPolicies: ['1.2.3.4'],
  carriers: ['kaztoken', 'file-pkcs12'],
  timeStamping: { policies: ['1.2.398.3.3.2.6.4'], issuers: 'any', revocation: 'required' },
  ocspAgeMaxMs: 300_000,
});

/** When the vector was judged, and when its time-stamps say that it was signed. */
export const evidenceTimes = { judgedMs: Date.UTC(2026, 10, 25, 12), stampedMs: Date.UTC(2026, 10, 25, 11) } as const;
