export { allowedAddress, isOrigin } from './addresses.ts';
export {
  createAuthorityClient,
  type AuthorityCall,
  type AuthorityClient,
  type AuthorityClientOptions,
  type AuthorityRefusal,
  type AuthorityService,
} from './client.ts';
export { fetchRevocationList } from './lists.ts';
export { createOcspAsker, type OcspAsker, type OcspAskerOptions, type OcspAskRefusal } from './ocsp.ts';
