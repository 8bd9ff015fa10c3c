export { allowedAddress, isOrigin } from './addresses.ts';
export {
  createAuthorityClient,
  type AuthorityCall,
  type AuthorityClient,
  type AuthorityClientOptions,
  type AuthorityRefusal,
  type AuthorityService,
} from './client.ts';
export { authorityServicesFile, readAuthorityServices, type AuthorityServicesConfiguration } from './configuration.ts';
export { fetchRevocationList } from './lists.ts';
export type { LiveAnswers } from './live.ts';
export { createOcspAsker, type OcspAsker, type OcspAskerOptions, type OcspAskRefusal } from './ocsp.ts';
export {
  createAuthorityWatch,
  type AuthorityWatch,
  type ServiceHealth,
  type WatchDuty,
  type WatchOptions,
} from './watch.ts';
