import type { PlatformId } from '../kernel/index.ts';
import type { AttemptRules } from './attempts.ts';
import type { ChangeKind } from './change.ts';
import type { FactorRules } from './factors.ts';
import type { PasswordRules } from './passwords.ts';
import type { PostureRules } from './posture.ts';
import type { AccessRules, Role } from './roles.ts';
import type { SessionRules } from './session-rules.ts';
import type { TermRules } from './terms.ts';

/** Who may propose a kind of change, and who may confirm it. */
export type ChangeRule = { readonly propose: readonly Role[]; readonly confirm: readonly Role[] };

/**
 * Policy document v1 (docs/decisions/0001): everything that the rules leave to the operator, versioned and signed.
 * № 57 gives no numbers; each here is a parameter.
 */
export type PolicyDocument = {
  readonly form: 'qorgan.policy/1';
  readonly platform: PlatformId;
  readonly profile: 'demo' | 'production';
  readonly version: number;
  readonly effectiveFromMs: number;
  readonly access: AccessRules;
  /** Absent in policies older than the access acts; a kind that is not named is nobody's. */
  readonly changes?: Readonly<Partial<Record<ChangeKind, ChangeRule>>>;
  readonly registration: {
    /** A claim that is not decided by then may be taken over. */
    readonly claimTtlMs: number;
  };
  readonly clock: {
    readonly warnDriftMs: number;
    readonly refuseDriftMs: number;
  };
  readonly sync: {
    /** The log must hold an act this long after its promise at the latest. */
    readonly promiseDeadlineMs: number;
    /** An act signed offline and received later than this is held back. */
    readonly offlineTtlMs: number;
  };
  readonly signatures: {
    /** Key carriers (OID of extension 1.2.398.3.3.5) that may act; empty allows all. */
    readonly carriers: readonly string[];
    /** Certificate policy OIDs that never act under this profile. */
    readonly refusedPolicies: readonly string[];
    /** A revocation list older than this answers nothing, even before its nextUpdate. */
    readonly crlAgeMaxMs: number;
  };
  /** Absent: nothing beside what the matrix has on counts. */
  readonly factors?: FactorRules;
  /** Absent: `passwordRulesDefault`. */
  readonly passwords?: PasswordRules;
  /** How failed sign-ins are held up. Absent: `attemptRulesDefault`. */
  readonly attempts?: AttemptRules;
  /** Absent: `sessionRulesDefault`. */
  readonly sessions?: SessionRules;
  /** Absent: nobody becomes idle, and nothing is due. */
  readonly terms?: TermRules;
  /** Absent: what devices say of their state is written down, and nothing follows from it. */
  readonly posture?: PostureRules;
  /** Absent in policies older than the evidence store: `antivirusBaseAgeDefaultMs` holds then. */
  readonly evidence?: {
    /** A verdict by a base of signatures older than this counts for nothing. */
    readonly antivirusBaseAgeMaxMs: number;
  };
};

/** Seven days: bases are published several times a day, and an operator without a network brings one once a week. */
export const antivirusBaseAgeDefaultMs = 604_800_000;
