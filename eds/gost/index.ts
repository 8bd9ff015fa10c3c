export { defaultSuite, nationalSuite } from './national-suite.ts';
export { numberOf, octetsOf } from './numbers.ts';
export { nationalProfiles, type NationalFamily, type NationalProfile } from './profiles.ts';
export { digestNumber, multiplyGenerator } from './signature.ts';
export { streebog512 } from './streebog.ts';
