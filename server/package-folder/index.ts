export { filesUnder, hashOf, openPackageFolder, type PackageFolder } from './folder.ts';
