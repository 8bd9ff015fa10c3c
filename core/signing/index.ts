export { canonicalize, depthMax, parseCanonical, type Json } from '../kernel/index.ts';
export {
  documentKeyId,
  signedDocument,
  verifyDocument,
  type DeviceRecord,
  type EnrolmentBundle,
  type SignedDocument,
  type StaffRecord,
} from './documents.ts';
export {
  caseHashStart,
  envelopeSizeMax,
  envelopeText,
  nextCaseHash,
  textHash,
  type ActEnvelope,
  type Locale,
  type Profile,
  type Shown,
  type Subject,
} from './envelope.ts';
export type { CosignerRecord, HeadStatement } from './contact-documents.ts';
export { challengeText, type SignInChallenge } from './sign-in.ts';
export { type ShownAccess } from './shown-access.ts';
export { deviceFingerprint, foundingText, groupsOf, type ShownFounding } from './shown-founding.ts';
export { renderShown, type ShownTemplate, type ShownValues } from './shown.ts';
export {
  commandOf,
  shownAct,
  shownText,
  shownTextOfEnvelope,
  shownVersion,
  type ShownAct,
  type ShownCase,
  type SigningTexts,
} from './shown-act.ts';
