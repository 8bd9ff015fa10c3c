export {
  parseSignedAttributes,
  type SignedAttributes,
  type SigningCertificateBinding,
  type UnsignedAttribute,
} from './attributes.ts';
export {
  parseSignedData,
  signedDataBounds,
  type CmsRefusal,
  type SignedData,
  type SignerIdentifier,
  type SignerInfo,
} from './signed-data.ts';
