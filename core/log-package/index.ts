export { formatManifest, parseManifest, type PackageManifest, type ReadManifest } from './manifest.ts';
export { pinsOfChain, type KeyChain } from './key-chain.ts';
export {
  entryPath,
  entryStem,
  entryParts,
  keyChangePath,
  keyChangesMax,
  mediaPath,
  olderHeads,
  ownLineOf,
  packageFiles,
  parseEntryPath,
  type EntryFolder,
  type EntryPart,
  type OlderHead,
} from './names.ts';
