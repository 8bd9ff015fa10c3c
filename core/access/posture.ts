/** What a device says of its own state. Each fact may be unknown, which is never good. Times are Unix milliseconds. */
export type Posture = {
  /** Of the application, `major.minor.patch`. */
  readonly version: string;
  /** `ID VERSION_ID` of os-release; `null` where it could not be read. */
  readonly system: string | null;
  /** When the system's packages were changed last; `null` where unknown. */
  readonly patchedAtMs: number | null;
  /** `none`: there is none; `null`: it could not be found out. */
  readonly antivirus: { readonly engine: string; readonly baseAtMs: number } | 'none' | null;
  /** Whether the disk under the profile directory is encrypted. */
  readonly isDiskEncrypted: boolean | null;
  /** Of this machine against the server, positive where it is ahead. */
  readonly clockDriftMs: number | null;
  /** Names of running programs by which others may steer this machine. */
  readonly remoteControl: readonly string[] | null;
};

/** What may be found in a posture, in the order in which people read it. */
export const postureFindings = [
  'system-unknown',
  'system-unpatched',
  'antivirus-unknown',
  'antivirus-absent',
  'antivirus-old',
  'disk-unknown',
  'disk-plain',
  'clock-unknown',
  'clock-drift',
  'remote-control-unknown',
  'remote-control',
  'posture-absent',
] as const;
export type PostureFinding = (typeof postureFindings)[number];

export const postureMeasures = ['warn', 'read-only', 'refuse'] as const;
/** `read-only`: no acts are taken from the device. `refuse`: nobody signs in at it either. */
export type PostureMeasure = (typeof postureMeasures)[number];

/** Each device has an identity of its own. A kiosk is enrolled like a workstation, and stands where nobody of the staff sits. */
export const clientKinds = ['workstation', 'import-station', 'kiosk'] as const;
export type ClientKind = (typeof clientKinds)[number];

/** What the operator makes of what devices say. A finding that is not named is only written down. */
export type PostureRules = {
  readonly patchAgeMaxMs: number;
  readonly antivirusBaseAgeMaxMs: number;
  readonly clockDriftMaxMs: number;
  /** A report older than this is none: `posture-absent`. */
  readonly reportAgeMaxMs: number;
  readonly measures: Readonly<Partial<Record<PostureFinding, PostureMeasure>>>;
  /** Oldest version of each kind of client that is served; until `graceUntilMs` an older one is only warned (27.4 by analogy). */
  readonly versions: Readonly<Partial<Record<ClientKind, { readonly min: string; readonly graceUntilMs: number }>>>;
};

/** A date that is told by the day of another time zone, and no further: what is ahead of its report says nothing. */
const aheadMaxMs = 86_400_000;

/** What is to be found in a report of this time; `undefined` where there is none. */
export function findingsOf(
  posture: Posture | undefined,
  rules: PostureRules,
  at: { readonly reportedAtMs: number; readonly nowMs: number },
): readonly PostureFinding[] {
  if (posture === undefined || at.nowMs - at.reportedAtMs > rules.reportAgeMaxMs) return ['posture-absent'];
  const { system, patchedAtMs, antivirus, isDiskEncrypted, clockDriftMs, remoteControl } = posture;
  const isAhead = (dateMs: number): boolean => dateMs > at.reportedAtMs + aheadMaxMs;
  const base = antivirus === null || antivirus === 'none' ? null : antivirus.baseAtMs;
  const found: Readonly<Record<PostureFinding, boolean>> = {
    'system-unknown': system === null || patchedAtMs === null || isAhead(patchedAtMs),
    'system-unpatched': patchedAtMs !== null && at.reportedAtMs - patchedAtMs > rules.patchAgeMaxMs,
    'antivirus-unknown': antivirus === null || (base !== null && isAhead(base)),
    'antivirus-absent': antivirus === 'none',
    'antivirus-old': base !== null && at.reportedAtMs - base > rules.antivirusBaseAgeMaxMs,
    'disk-unknown': isDiskEncrypted === null,
    'disk-plain': isDiskEncrypted === false,
    'clock-unknown': clockDriftMs === null,
    'clock-drift': clockDriftMs !== null && Math.abs(clockDriftMs) > rules.clockDriftMaxMs,
    'remote-control-unknown': remoteControl === null,
    'remote-control': remoteControl !== null && remoteControl.length > 0,
    'posture-absent': false,
  };
  return postureFindings.filter((finding) => found[finding]);
}

const versionPattern = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/u;

/** True where a version is older than the other; one that cannot be read is older than any. */
export function isOlder(version: string, min: string): boolean {
  const [one, other] = [version, min].map((text) => versionPattern.exec(text)?.slice(1).map(Number));
  if (one === undefined || other === undefined) return true;
  const differs = one.findIndex((part, i) => part !== other[i]);
  return differs >= 0 && (one[differs] ?? 0) < (other[differs] ?? 0);
}

/** How the server serves a device: fully, for reading only, or not at all, and by which code with which detail. */
export type Service =
  | { readonly measure: 'serve' | 'warn' }
  | {
      readonly measure: 'read-only' | 'refuse';
      readonly code: 'client-too-old' | 'posture-restricted' | 'posture-refused';
      readonly details: Readonly<Record<string, string>>;
    };

/** What the policy makes of a device: its version first, then the gravest of its findings. Without rules everybody is served. */
export function serviceOf(
  device: {
    readonly kind: ClientKind;
    readonly posture: Posture | undefined;
    readonly reportedAtMs: number;
  },
  rules: PostureRules | undefined,
  nowMs: number,
): Service {
  if (rules === undefined) return { measure: 'serve' };
  const { kind, posture, reportedAtMs } = device;
  const wanted = rules.versions[kind];
  // A device that never said its version may be of any.
  const isTooOld = wanted !== undefined && (posture === undefined || isOlder(posture.version, wanted.min));
  if (isTooOld && nowMs >= wanted.graceUntilMs)
    return { measure: 'refuse', code: 'client-too-old', details: { versionMin: wanted.min } };
  const found = findingsOf(posture, rules, { reportedAtMs, nowMs });
  const by = (measure: PostureMeasure): PostureFinding | undefined =>
    found.find((finding) => rules.measures[finding] === measure);
  const [refused, restricted] = [by('refuse'), by('read-only')];
  if (refused !== undefined) return { measure: 'refuse', code: 'posture-refused', details: { finding: refused } };
  if (restricted !== undefined)
    return { measure: 'read-only', code: 'posture-restricted', details: { finding: restricted } };
  return { measure: isTooOld || by('warn') !== undefined ? 'warn' : 'serve' };
}
