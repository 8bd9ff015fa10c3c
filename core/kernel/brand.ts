declare const brand: unique symbol;

/** A value that was parsed once at a door and may be trusted inside: `Branded<string, 'ActionId'>`. */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

export type PlatformId = Branded<string, 'PlatformId'>;
export type DeviceId = Branded<string, 'DeviceId'>;
export type ActionId = Branded<string, 'ActionId'>;
export type CaseId = Branded<string, 'CaseId'>;
/** Identifies one life of one journal; a vault restored from a copy starts another. */
export type JournalEpoch = Branded<string, 'JournalEpoch'>;
/** Lower-case hexadecimal SHA-256, 64 characters. */
export type Sha256Hex = Branded<string, 'Sha256Hex'>;
/** Individual identification number, 12 digits, checksum verified. */
export type Iin = Branded<string, 'Iin'>;
/** Business identification number, 12 digits, checksum verified. */
export type Bin = Branded<string, 'Bin'>;
