import { canonicalize, type Iin, type Json, type PlatformId, type Sha256Hex } from '../kernel/index.ts';

/** What the leaf of an opened emergency account says: who opened it, why, when, at which server. Who he is he says himself: no card was shown. */
export type EmergencyOpening = {
  readonly form: 'qorgan.break-glass/1';
  readonly platform: PlatformId;
  readonly profile: 'demo' | 'production';
  /** Hash of the seal that was broken: each is broken once. */
  readonly seal: Sha256Hex;
  readonly server: string;
  readonly iin: Iin;
  readonly name: string;
  readonly reason: string;
  readonly openedAtMs: number;
};

/** A leaf of the log that tells of an opening, named by its hash. */
export type LoggedOpening = { readonly leaf: Sha256Hex; readonly leafIndex: number; readonly record: EmergencyOpening };

/** By whose second signature an alarm was closed, and when; `source` as of a record. */
export type AlarmEnd = { readonly by: Iin; readonly atMs: number; readonly source: string };

/** The alarm of an opening. It stands while nobody has closed it. */
export type EmergencyAlarm = { readonly record: EmergencyOpening; readonly end: AlarmEnd | null };

/** The alarms of these openings. What two people closed before stays closed, and what the log does not tell of is none. */
export function alarmsOf(
  openings: readonly LoggedOpening[],
  before: ReadonlyMap<Sha256Hex, EmergencyAlarm>,
): ReadonlyMap<Sha256Hex, EmergencyAlarm> {
  return new Map(openings.map(({ leaf, record }) => [leaf, { record, end: before.get(leaf)?.end ?? null }]));
}

/** Whether two openings say the same, word for word. */
export function isSameOpening(one: EmergencyOpening, other: EmergencyOpening): boolean {
  return canonicalize(one as unknown as Json) === canonicalize(other as unknown as Json);
}
