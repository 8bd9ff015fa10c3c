/** One command of ISO 7816-4, short or extended. */
export type Command = {
  readonly isChained: boolean;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Buffer;
  readonly hasData: boolean;
  /** How many bytes the reader can take. */
  readonly expected: number;
};

function extended(apdu: Buffer): { data: Buffer; expected: number } {
  const length = apdu.readUInt16BE(5);
  if (apdu.length === 7) return { data: Buffer.alloc(0), expected: length || 65_536 };
  const end = 7 + length;
  const expected = apdu.length >= end + 2 ? apdu.readUInt16BE(end) || 65_536 : 65_536;
  return { data: apdu.subarray(7, end), expected };
}

function short(apdu: Buffer): { data: Buffer; expected: number } {
  const first = apdu[4];
  if (first === undefined) return { data: Buffer.alloc(0), expected: 256 };
  if (apdu.length === 5) return { data: Buffer.alloc(0), expected: first || 256 };
  return { data: apdu.subarray(5, 5 + first), expected: (apdu[5 + first] ?? 0) || 256 };
}

export function readCommand(apdu: Buffer): Command {
  const isExtended = apdu.length > 5 && apdu[4] === 0;
  const { data, expected } = isExtended ? extended(apdu) : short(apdu);
  return {
    isChained: (apdu.readUInt8(0) & 0x10) !== 0,
    ins: apdu.readUInt8(1),
    p1: apdu.readUInt8(2),
    p2: apdu.readUInt8(3),
    data,
    hasData: data.length > 0,
    expected,
  };
}

/** Status words that this card uses (ISO 7816-4 §5.6, SP 800-73-4 part 2). */
export const status = {
  done: Buffer.from('9000', 'hex'),
  pinBlocked: Buffer.from('6983', 'hex'),
  securityNotSatisfied: Buffer.from('6982', 'hex'),
  conditionsNotSatisfied: Buffer.from('6985', 'hex'),
  wrongData: Buffer.from('6a80', 'hex'),
  notFound: Buffer.from('6a82', 'hex'),
  keyNotFound: Buffer.from('6a88', 'hex'),
  unknownInstruction: Buffer.from('6d00', 'hex'),
  pinWrong: (attemptsLeft: number) => Buffer.from([0x63, 0xc0 | attemptsLeft]),
  moreData: (length: number) => Buffer.from([0x61, Math.min(length, 255)]),
} as const;
