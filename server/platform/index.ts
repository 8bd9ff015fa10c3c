export type { Desk, DocumentKey, Identity, LogReader, Platform, ReadPlatform, Surroundings } from './context.ts';
export { createOrdinals, uuidV7 } from './ids.ts';
export { leafTags, tagLeaf } from './leaf-tag.ts';
export { isTagged, tagRow } from './row-tag.ts';
export { documentKeyOf, signaturesHash, signDocument, signDocumentAside } from './sign.ts';
