/** One right input, with a name for people. */
export type Input = { readonly it: string; readonly octets: Uint8Array };

/** Whom a verifier trusts, what it knows of revocation, and what is judged when. */
export type Authority = {
  readonly anchors: readonly Uint8Array[];
  readonly intermediates: readonly Uint8Array[];
  readonly lists: readonly Uint8Array[];
  readonly responses: readonly Uint8Array[];
  readonly content: Uint8Array;
  readonly atMs: number;
  readonly stampRevocation: 'required' | 'if-known';
};

/**
 * Everything that a run of mutations starts from. Its keys are made anew for each run, so it is written beside the failures: with it, a seed and
 * a number any input can be made again.
 */
export type World = {
  readonly authority: Authority;
  readonly signatures: readonly Input[];
  readonly certificates: readonly Input[];
  /** Certificates of people in order, revoked, unknown to their authority, and revoked since the last base list. */
  readonly people: readonly Input[];
  readonly lists: readonly Input[];
  /** An old list of the issuing authority, which the delta list counts from. */
  readonly staleList: Uint8Array;
  /** OCSP responses about them. */
  readonly answers: readonly Input[];
  readonly tokens: readonly Input[];
  /** The signature that the tokens stamp. */
  readonly bare: Uint8Array;
  readonly stampResponses: readonly Input[];
  /** Key files under `keyFilePassword`. */
  readonly keyFiles: readonly Input[];
  readonly packs: readonly string[];
  readonly national: { readonly authority: Authority; readonly signatures: readonly Input[] };
};

export const keyFilePassword = 'Qwerty12';

const mark = 'base64:';

export function writeWorld(world: World): string {
  return JSON.stringify(world, (_, value: unknown) =>
    value instanceof Uint8Array ? `${mark}${Buffer.from(value).toString('base64')}` : value,
  );
}

/** Reads what `writeWorld` wrote; it is our own file, and nothing about it is checked. */
export function readWorld(text: string): World {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark)
      ? new Uint8Array(Buffer.from(value.slice(mark.length), 'base64'))
      : value,
  ) as World;
}
