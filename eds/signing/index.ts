export { addTimeStamp, timeStampRequestFor, type AddTimeStampRefusal } from './add-time-stamp.ts';
export { attachTimeStamp } from './attach-time-stamp.ts';
export { joinSignatures } from './join.ts';
export { prepareBes, type BesRequest, type PreparationRefusal, type PreparedBes } from './prepare-bes.ts';
export type { SigningAlgorithm } from './profiles.ts';
export { signBes, type Signer, type SigningRefusal } from './signer.ts';
