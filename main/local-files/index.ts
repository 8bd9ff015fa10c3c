export { openLocalFiles, type DemoCredentials, type Hints, type LocalFiles } from './local-files.ts';
