export { openBlobStore, syncFolderAside, type BlobStore } from './blob-store.ts';
export { recordCipher } from './cipher.ts';
