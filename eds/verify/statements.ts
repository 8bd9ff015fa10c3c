import type { RevocationEntry, RevocationList } from '../crl/index.ts';
import { revokedSinceMs } from '../crl/index.ts';
import type { OcspResponse } from '../ocsp/index.ts';
import type { Certificate } from '../x509/index.ts';
import type { stageOf } from './reasons.ts';

export type Reason = Parameters<typeof stageOf>[0];

/** What an answer was read from. */
export type Sources = { readonly lists: readonly RevocationList[]; readonly responses: readonly OcspResponse[] };

export const noSources: Sources = { lists: [], responses: [] };

/** What one verified answer says about one certificate at the time of judgement. */
export type Statement = Sources & {
  /** `revoked`: at or before that time. `good`: not by then. `unknown`: the authority never issued such a certificate, or does not know it. */
  readonly status: 'revoked' | 'good' | 'unknown';
  /** On hold only, which a later answer can lift. */
  readonly isHold: boolean;
  /** The answer's thisUpdate. */
  readonly saidAtMs: number;
  /** True where the answer speaks for that time; one that is stale can still accuse. */
  readonly isFresh: boolean;
};

/** Statements of verified answers, and why the others could not be used. */
export type Statements = { readonly said: readonly Statement[]; readonly unusable: readonly Reason[] };

export type Question = { readonly certificate: Certificate; readonly authority: Certificate; readonly atMs: number };

type Times = { readonly thisUpdateMs: number; readonly untilMs: number | undefined };

/**
 * True where an answer speaks for `atMs`: it is not past its time, and was made before that time or, when later, while the certificate was still in
 * force, since authorities forget expired certificates (RFC 5280 §5).
 */
export function speaksFor({ thisUpdateMs, untilMs }: Times, { certificate, atMs }: Question): boolean {
  const isCurrent = untilMs !== undefined && thisUpdateMs <= untilMs && atMs <= untilMs;
  return isCurrent && (thisUpdateMs <= atMs || thisUpdateMs <= certificate.notAfterMs);
}

/** A revocation, as it stands at `atMs`: what is revoked after that time was not revoked then. */
export function statusAt(entry: RevocationEntry, atMs: number): Pick<Statement, 'status' | 'isHold'> {
  return revokedSinceMs(entry) <= atMs
    ? { status: 'revoked', isHold: entry.reason === 'certificate-hold' }
    : { status: 'good', isHold: false };
}
