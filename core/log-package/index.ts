export { formatManifest, parseManifest, type PackageManifest } from './manifest.ts';
export {
  entryPath,
  entryStem,
  entryParts,
  mediaPath,
  olderHeads,
  ownLineOf,
  packageFiles,
  parseEntryPath,
  type EntryFolder,
  type EntryPart,
  type OlderHead,
} from './names.ts';
