import { kindOfFactor, type FactorEvidence, type FactorMethod } from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Iin, type Result, type Sha256Hex } from '../../core/kernel/index.ts';

/** Of whom, and where, a factor is asked to be proven. */
export type FactorPerson = { readonly iin: Iin; readonly device: DeviceId; readonly atMs: number };

/**
 * What compares a factor that the platform does not check by itself: a FIDO2 assertion, a face. `proof` is what the caller sent, believed by nobody.
 * Answers the hash of what proved it, for the evidence of the session; `undefined` where it proves nothing. Its refusal is no reason that is told.
 */
export type FactorPort = (person: FactorPerson, proof: Uint8Array) => Promise<Sha256Hex | undefined>;

/** Card and password have no port: they are never claimed. */
export type FactorPorts = Readonly<Partial<Record<Exclude<FactorMethod, 'password' | 'card-eds'>, FactorPort>>>;

/** What stands behind the doors today: a method without a port is no factor, whatever a caller claims. */
export const noFactorPorts: FactorPorts = {};

export type FactorClaim = { readonly method: FactorMethod; readonly proof: Uint8Array };
type Claimed = FactorClaim & { readonly port: FactorPort };

/** The ports of all that is claimed; refused `factor-unavailable` where one is lacking, whoever asks. */
export function portsOf(
  ports: FactorPorts,
  claims: readonly FactorClaim[],
): Result<readonly Claimed[], 'factor-unavailable'> {
  const held: Readonly<Partial<Record<FactorMethod, FactorPort>>> = ports;
  const claimed = claims.flatMap((claim) => {
    const port = Object.hasOwn(held, claim.method) ? held[claim.method] : undefined;
    return port === undefined ? [] : [{ ...claim, port }];
  });
  return claimed.length === claims.length ? ok(claimed) : refuse('factor-unavailable');
}

/** The evidence of what is claimed, for the same judge as card and password; `undefined` where any of it is not proven. */
export async function proveClaims(
  claimed: readonly Claimed[],
  person: FactorPerson,
): Promise<readonly FactorEvidence[] | undefined> {
  const { atMs, device } = person;
  const proven: FactorEvidence[] = [];
  for (const { method, proof, port } of claimed) {
    const proofHash = await port(person, proof);
    if (proofHash === undefined) return undefined;
    proven.push({ kind: kindOfFactor[method], method, proofHash, atMs, device });
  }
  return proven;
}
