export { entryHash, entryKinds, type EntryHeader, type EntryKind } from './chain.ts';
