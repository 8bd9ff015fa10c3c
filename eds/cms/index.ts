export {
  parseSignedAttributes,
  type SignedAttributes,
  type SigningCertificateBinding,
  type UnsignedAttribute,
} from './attributes.ts';
export { prepareBes, type BesRequest, type PreparedBes, type SigningAlgorithm } from './prepare-bes.ts';
export {
  parseSignedData,
  signedDataBounds,
  type CmsRefusal,
  type SignedData,
  type SignerIdentifier,
  type SignerInfo,
} from './signed-data.ts';
