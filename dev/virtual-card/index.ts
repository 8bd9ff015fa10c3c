export { virtualReader, type VirtualReaderContract } from './contract.ts';
export { makeCardKey, openVirtualReader, type CardKeyKind, type VirtualReader } from './open.ts';
export type { CardDefinition, CardKey, PivSlot } from './piv-card.ts';
export { missingReaderPackages, openScModuleFile, readerPackages } from './reader-service.ts';
