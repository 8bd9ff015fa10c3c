import { expect, test } from 'vitest';
import { extensions, keyIdentifierOf, makeKey, type NameParts } from '../../dev/ca/index.ts';
import { hierarchy, judgeCms, keys, list } from './hierarchy.ts';
import { judgeStamped, stampCertificate, stamped, stampTrust } from './stamping.ts';
import { signBes } from './world.ts';

const rogueKey = makeKey('ec-p256');
const rogueName: NameParts = [['2.5.4.3', 'ROGUE']];
const issuingIdentifier = keyIdentifierOf(keys.issuing.subjectPublicKeyInfo);
const identifierHex = Buffer.from(issuingIdentifier).toString('hex');

/** An authority that the root certified under the name of its own, and which wrote the key identifier of the issuing authority into its request. */
const rogue = hierarchy({
  issuing: {
    serial: '0888',
    subject: rogueName,
    subjectPublicKeyInfo: rogueKey.subjectPublicKeyInfo,
    extensions: [extensions.subjectKey(issuingIdentifier)],
  },
}).issuing;
const made = hierarchy({ signer: { signedBy: rogueKey, issuer: rogueName } });
const signer = { key: keys.signer, certificate: made.signer, serial: '4711' };
const rogueList = list('issuing', { issuer: rogueName }, rogueKey);

test('an authority that bears the key identifier of a known one grants none of its roles', () => {
  const roleMappings = [{ issuers: [identifierHex], roles: { '1.2.398.3.3.4.1.2.5': 'employee' } }] as const;
  const how = { roles: ['employee'], lists: [list('root'), list('issuing'), rogueList] } as const;
  const right = hierarchy();
  const honest = signBes({ key: keys.signer, certificate: right.signer, serial: '4711' });
  expect(judgeCms(honest, right, { ...how, trust: { roleMappings } }).verdict).toBe('VALID');
  expect(judgeCms(signBes(signer, { chain: [rogue] }), made, { ...how, trust: { roleMappings } })).toMatchObject({
    verdict: 'INVALID',
    reason: 'certificate-signature-wrong',
  });
});

test('an authority that bears the key identifier of a known one certifies no time-stamps in its place', () => {
  const right = hierarchy();
  const honest = { key: keys.signer, certificate: right.signer, serial: '4711' };
  const stamp = stampCertificate({ signedBy: rogueKey, issuer: rogueName });
  const file = stamped(signBes(honest, { chain: [rogue] }), { certificate: stamp });
  const timeStamping = { ...stampTrust, issuers: [identifierHex] };
  const lists = [list('root'), list('issuing'), rogueList];
  expect(judgeStamped(stamped(signBes(honest), {}), right, { lists, trust: { timeStamping } }).verdict).toBe('VALID');
  expect(judgeStamped(file, right, { lists, trust: { timeStamping } })).toMatchObject({
    verdict: 'INVALID',
    timeStamps: [{ reason: 'time-stamp-authority-wrong' }],
  });
});
