import { judgeFactors } from '../../core/access/index.ts';
import { ok, refuse, type DeviceId, type Result, type Secret } from '../../core/kernel/index.ts';
import { inTransaction, type Row } from '../store/index.ts';
import { findActivationCode, rememberSpent, spendActivationCode } from './activation.ts';
import { beginAttempt } from './attempts.ts';
import { laneOf } from './lanes.ts';
import {
  fitsPassword,
  holdPassword,
  makeRecord,
  rememberRecord,
  writeRecord,
  type NewPasswordRefusal,
} from './passwords.ts';
import { proveCard, staffInForce, type CardProof, type CardRefusal, type Context } from './sign-in.ts';
import { endSessionsElsewhere } from './session-list.ts';
import { checkLive } from './signature-check.ts';
import { mayStretch } from './stretch.ts';

/** What stands beside the card: the code of the first password, or the password before. */
export type PasswordProof =
  | { readonly kind: 'activation-code'; readonly code: string }
  | { readonly kind: 'password'; readonly password: Secret<'password'> };

export type SetPasswordRefusal = CardRefusal | NewPasswordRefusal | 'sign-in-refused';

/** The matrix of factors is asked for a change; a code stands for two people who let a person begin, and is no factor. */
function isEnough({ registry }: Context, proof: PasswordProof): boolean {
  if (proof.kind === 'activation-code') return true;
  const shown = { methods: ['password', 'card-eds'] } as const;
  const rules = registry.policy().policy.factors;
  return judgeFactors({ realm: 'staff', purpose: 'password-change', shown, rules }).ok;
}

class Overtaken extends Error {}

/**
 * Sets the password of the person whose card signed the challenge: he alone can. Refusals before the proof holds are one,
 * `sign-in-refused`, after the same work as at the sign-in; what the policy says of the new password is told to its owner only.
 * A code is spent with the record, or not at all; with it the sessions of the person at other devices end, whose tokens' hashes are
 * answered. Durable on return.
 */
export async function setPassword(
  context: Context,
  request: CardProof & { readonly proof: PasswordProof; readonly password: Secret<'password'> },
): Promise<Result<readonly string[], SetPasswordRefusal>> {
  const { platform, registry } = context;
  const { device, address, proof, password } = request;
  const card = await proveCard(context, request);
  if (!card.ok) return card;
  const { iin: person, certificate } = card.value;
  const lane = laneOf(device);
  if (!mayStretch(lane)) return refuse('server-busy');
  const attempt = await beginAttempt(context, { person, holding: certificate, device, address });
  const held = await holdPassword(platform, person);
  const code = proof.kind === 'activation-code' ? await findActivationCode(platform, person, proof.code) : undefined;
  const fitted = await fitsPassword(held, proof.kind === 'password' ? proof.password : password, lane);
  if (!fitted.ok) return fitted;
  const atMs = platform.surroundings.nowMs();
  const staff = staffInForce(registry, { iin: person, certificate, nowMs: atMs });
  const isProven = code !== undefined || fitted.value !== undefined;
  if (!staff.ok || !isProven || !isEnough(context, proof)) {
    await attempt.failed();
    return refuse('sign-in-refused');
  }
  if (!(await attempt.succeeded())) return refuse('sign-in-refused');
  // Asked again because the first answer was lost, or by a second code: it is this very password already.
  if (proof.kind === 'activation-code' && fitted.value !== undefined) return ok([]);
  const live = checkLive(registry.trust(), card.value, atMs);
  if (!live.ok) return live;
  const { iin, name } = staff.value.record;
  const previous = proof.kind === 'password' ? { previous: proof.password } : {};
  const rules = registry.policy().policy.passwords;
  const record = await makeRecord(platform, { owner: { iin, name }, held, password, ...previous, rules });
  return record.ok ? keep(context, { held, code, device }, record.value) : record;
}

type Grounds = {
  readonly held: Awaited<ReturnType<typeof holdPassword>>;
  readonly code: Row<'activation_code'> | undefined;
  readonly device: DeviceId;
};
type MadeRecord = Parameters<typeof writeRecord>[3];

async function keep(
  context: Context,
  { held, code, device }: Grounds,
  record: MadeRecord,
): Promise<Result<readonly string[], 'sign-in-refused'>> {
  const { platform } = context;
  try {
    const ended = await inTransaction(platform.database, async (session) => {
      const isSpent = code === undefined || (await spendActivationCode(platform, session, code));
      if (!isSpent || !(await writeRecord(platform, session, held, record))) throw new Overtaken();
      return endSessionsElsewhere(context, { iin: record.iin, device }, session);
    });
    rememberRecord(platform, record);
    if (code !== undefined) rememberSpent(platform, code);
    return ok(ended);
  } catch (error) {
    // Somebody set it at the same moment; whoever comes second proves himself anew.
    if (error instanceof Overtaken) return refuse('sign-in-refused');
    throw error;
  }
}
