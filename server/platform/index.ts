export type { Desk, DocumentKey, Identity, Platform, Surroundings } from './context.ts';
export { createOrdinals, uuidV7 } from './ids.ts';
export { isTagged, tagRow } from './row-tag.ts';
export { documentKeyOf, signaturesHash, signDocument, signDocumentAside } from './sign.ts';
