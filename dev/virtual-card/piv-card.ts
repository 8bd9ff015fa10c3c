import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { readCommand, status, type Command } from './apdu.ts';
import { agreeBare, signBare } from './key-operations.ts';
import { readTlv, tlv } from './tlv.ts';

/** PIV key references (SP 800-73-4 part 1, table 4b). */
export type PivSlot = '9a' | '9c' | '9d';

export type CardKey = {
  readonly slot: PivSlot;
  readonly privateKeyDer: Uint8Array;
  readonly certificateDer: Uint8Array;
};

export type CardDefinition = {
  /** Tells this card from others: the serial number that OpenSC shows is derived from it. */
  readonly name: string;
  /** 6 to 8 digits. */
  readonly pin: string;
  readonly keys: readonly CardKey[];
};

const attemptsMax = 3;
const certificateObject: Record<PivSlot, string> = { '9a': '5fc105', '9c': '5fc10a', '9d': '5fc10b' };
const applicationId = 'a000000308';

const applicationTemplate = tlv(
  '61',
  tlv('4f', Buffer.from('000010000100', 'hex')),
  tlv('79', tlv('4f', Buffer.from(applicationId, 'hex'))),
  tlv('50', Buffer.from('virtual card')),
);

/** The data objects that a reader of PIV cards asks for: holder identifier, capabilities, discovery, certificates. */
function dataObjects(card: CardDefinition): ReadonlyMap<string, Buffer> {
  const guid = createHash('sha256').update(card.name).digest().subarray(0, 16);
  const none = Buffer.alloc(0);
  const agencyCode = Buffer.from('d4e739da739ced39ce739d836858210842108421c84210c3eb', 'hex');
  const holder = tlv(
    '53',
    tlv('30', agencyCode),
    tlv('34', guid),
    tlv('35', Buffer.from('20991231')),
    tlv('3e', none),
    tlv('fe', none),
  );
  const capabilities = tlv(
    '53',
    tlv('f0', Buffer.from('a000000116ff02', 'hex'), guid.subarray(0, 14)),
    tlv('f1', Buffer.from('21', 'hex')),
    tlv('f2', Buffer.from('21', 'hex')),
    tlv('f3', none),
    tlv('f4', Buffer.from('00', 'hex')),
    tlv('f5', Buffer.from('10', 'hex')),
    ...['f6', 'f7', 'fa', 'fb', 'fc', 'fd', 'fe'].map((tag) => tlv(tag, none)),
  );
  const discovery = tlv(
    '7e',
    tlv('4f', Buffer.from('a000000308000010000100', 'hex')),
    tlv('5f2f', Buffer.from('4000', 'hex')),
  );
  const certificates = card.keys.map(
    (key) =>
      [
        certificateObject[key.slot],
        tlv('53', tlv('70', key.certificateDer), tlv('71', Buffer.alloc(1)), tlv('fe', none)),
      ] as const,
  );
  return new Map([['5fc102', holder], ['5fc107', capabilities], ['7e', discovery], ...certificates]);
}

/** A card that never leaves the reader answers every command; `removed` ends the conversation in the middle of one. */
export type CardAnswer = Buffer | 'removed';

/**
 * A PIV card (NIST SP 800-73-4) as far as OpenSC uses one: RSA-2048, P-256 and P-384 keys, a PIN with three attempts, and the
 * signature key 9C that wants the PIN for every use. For development: its keys are in the memory of an ordinary process.
 */
export class PivCard {
  readonly #pin: string;
  readonly #objects: ReadonlyMap<string, Buffer>;
  readonly #keys: ReadonlyMap<number, KeyObject>;
  #attemptsLeft = attemptsMax;
  #isSelected = false;
  #isVerified = false;
  #isFreshlyVerified = false;
  #leavesAtKeyUse = false;
  #chained: Buffer = Buffer.alloc(0);
  #rest: Buffer = Buffer.alloc(0);

  constructor(card: CardDefinition) {
    this.#pin = card.pin;
    this.#objects = dataObjects(card);
    this.#keys = new Map(
      card.keys.map((key) => [
        Number.parseInt(key.slot, 16),
        createPrivateKey({ key: Buffer.from(key.privateKeyDer), format: 'der', type: 'pkcs8' }),
      ]),
    );
  }

  get attemptsLeft(): number {
    return this.#attemptsLeft;
  }

  /** As the issuer does after a lock. */
  unblock(): void {
    this.#attemptsLeft = attemptsMax;
  }

  /** The next use of a key finds the card gone. */
  leaveAtKeyUse(): void {
    this.#leavesAtKeyUse = true;
  }

  /** Power off or reset: what was proven is forgotten, the attempts are not. */
  reset(): void {
    this.#isSelected = false;
    this.#isVerified = false;
    this.#isFreshlyVerified = false;
    this.#chained = Buffer.alloc(0);
    this.#rest = Buffer.alloc(0);
  }

  answer(apdu: Buffer): CardAnswer {
    const command = readCommand(apdu);
    if (command.isChained) {
      this.#chained = Buffer.concat([this.#chained, command.data]);
      return status.done;
    }
    const data = Buffer.concat([this.#chained, command.data]);
    this.#chained = Buffer.alloc(0);
    return this.#run({ ...command, data });
  }

  #run(command: Command): CardAnswer {
    if (command.ins === 0xa4) return this.#select(command);
    if (command.ins === 0xc0) return this.#reply(this.#rest, command.expected);
    if (!this.#isSelected) return status.conditionsNotSatisfied;
    switch (command.ins) {
      case 0xcb:
        return this.#getData(command);
      case 0x20:
        return command.p2 === 0x80 ? this.#verify(command) : status.keyNotFound;
      case 0x87:
        return this.#useKey(command);
      default:
        return status.unknownInstruction;
    }
  }

  /** Long answers are fetched in pieces: 61xx, then GET RESPONSE. */
  #reply(data: Buffer, expected: number): Buffer {
    this.#rest = data.subarray(expected);
    const end = this.#rest.length === 0 ? status.done : status.moreData(this.#rest.length);
    return Buffer.concat([data.subarray(0, expected), end]);
  }

  #select(command: Command): Buffer {
    this.#isSelected = command.p1 === 4 && command.data.subarray(0, 5).toString('hex') === applicationId;
    return this.#isSelected ? this.#reply(applicationTemplate, command.expected) : status.notFound;
  }

  #getData(command: Command): Buffer {
    const object = this.#objects.get(command.data.subarray(2).toString('hex'));
    return object === undefined ? status.notFound : this.#reply(object, command.expected);
  }

  #verify(command: Command): Buffer {
    if (command.p1 === 0xff) {
      this.#isVerified = false;
      return status.done;
    }
    if (!command.hasData && this.#isVerified) return status.done;
    if (this.#attemptsLeft === 0) return status.pinBlocked;
    if (!command.hasData) return status.pinWrong(this.#attemptsLeft);
    const isRight = command.data.toString('latin1').replace(/\xff+$/u, '') === this.#pin;
    this.#attemptsLeft = isRight ? attemptsMax : this.#attemptsLeft - 1;
    this.#isVerified = isRight;
    this.#isFreshlyVerified = isRight;
    if (isRight) return status.done;
    return this.#attemptsLeft === 0 ? status.pinBlocked : status.pinWrong(this.#attemptsLeft);
  }

  /** GENERAL AUTHENTICATE: tag 81 is a challenge to sign or a number to decrypt, tag 85 the point of the other side. */
  #useKey(command: Command): CardAnswer {
    const key = this.#keys.get(command.p2);
    if (key === undefined) return status.keyNotFound;
    const isPinWantedNow = command.p2 === 0x9c && !this.#isFreshlyVerified;
    if (!this.#isVerified || isPinWantedNow) return status.securityNotSatisfied;
    if (this.#leavesAtKeyUse) {
      this.#leavesAtKeyUse = false;
      return 'removed';
    }
    this.#isFreshlyVerified = false;
    const template = readTlv(readTlv(command.data).get(0x7c) ?? Buffer.alloc(0));
    const challenge = template.get(0x81);
    const point = template.get(0x85);
    try {
      const isSigning = challenge !== undefined && challenge.length > 0;
      const result = isSigning ? signBare(key, challenge) : agreeBare(key, point ?? Buffer.alloc(0));
      return this.#reply(tlv('7c', tlv('82', result)), command.expected);
    } catch {
      // A number of the wrong width or a point off the curve: the card says so and goes on.
      return status.wrongData;
    }
  }
}
