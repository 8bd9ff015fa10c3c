/** Identifier octets of the DER elements that X.509, CMS and revocation lists use. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of `[number]`; constructed unless the tagged type is primitive and the tagging implicit. */
export function contextTag(number: number, shape: 'constructed' | 'primitive' = 'constructed'): number {
  return (shape === 'constructed' ? 0xa0 : 0x80) | number;
}
