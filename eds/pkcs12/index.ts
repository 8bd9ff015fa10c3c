export { certificatesInPkcs12 } from './certificates.ts';
export { pkcs12Limits, type Pkcs12Limits, type Pkcs12Refusal } from './limits.ts';
