/**
 * The product needs `nationalSuite` and `defaultSuite`. The rest is what signing in development and tests is made of: `makeNationalKey` (a fresh key, or
 * the octets of a PKCS#8 key as they stand) and `signNational` (the octets that go into CMS) in `dev/ca`, where no product code reaches them.
 */
export { defaultSuite, nationalSuite } from './national-suite.ts';
export { numberOf, octetsOf } from './numbers.ts';
export { nationalProfiles, type NationalFamily, type NationalProfile } from './profiles.ts';
export { digestNumber, multiplyGenerator } from './signature.ts';
export { streebog512 } from './streebog.ts';
