export {
  startAuthorityServices,
  type AuthorityServices,
  type AuthorityServicesOptions,
  type ServiceFault,
} from './services.ts';
export { timeStampPolicy } from './time-stamp-service.ts';
