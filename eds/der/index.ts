export { isWholeElement, octetsInFile } from './armour.ts';
export { openBer, readOctetsInParts } from './ber.ts';
export { decodeOid, encodeOid } from './oid-codec.ts';
export { oids } from './oids.ts';
export {
  certificateLimits,
  messageLimits,
  openDer,
  responseLimits,
  revocationListLimits,
  type DerFault,
  type DerLimits,
  type DerReader,
} from './reader.ts';
export { contextTag, tags } from './tags.ts';
export {
  parseTimeMs,
  readBitOctets,
  readBits,
  readBoolean,
  readInteger,
  readNull,
  readOctets,
  readOid,
  readSerial,
  readSmallInteger,
  readText,
  readTimeMs,
} from './values.ts';
export {
  bitString,
  boolean,
  concat,
  element,
  enumerated,
  generalizedTime,
  ia5String,
  integer,
  integerFromHex,
  namedBits,
  nullValue,
  objectIdentifier,
  octetString,
  printableString,
  retagged,
  sequence,
  setOf,
  tagged,
  taggedPrimitive,
  time,
  utf8String,
} from './writer.ts';
