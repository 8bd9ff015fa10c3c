export { edsCertificate } from './certificate.ts';
export { edsExplain } from './explain.ts';
export { edsVerify } from './verify.ts';
