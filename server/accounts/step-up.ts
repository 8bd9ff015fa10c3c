import { judgeFactors, kindOfFactor, sessionRulesDefault } from '../../core/access/index.ts';
import type { ActType } from '../../core/actions/index.ts';
import { ok, refuse, type DeviceId, type Iin, type Result, type Secret } from '../../core/kernel/index.ts';
import { beginAttempt } from './attempts.ts';
import { laneOf } from './lanes.ts';
import { fitsPassword, holdPassword } from './passwords.ts';
import { openSessions } from './session-list.ts';
import { renewEvidence, type Reader, type SessionContext } from './sessions.ts';
import { mayStretch } from './stretch.ts';

/** From the password to the act that was signed under it, on a slow line: the desk counts by its own clock, and asked in time. */
const onTheWayMaxMs = 60_000;

/**
 * True where the policy wants a fresh password before acts of this type, and no open session of this person at this device has one. What was
 * signed without the server waits at the desk until its person signs in there, and no longer than `sync.offlineTtlMs` lets acts wait.
 */
export async function lacksPassword(
  context: SessionContext,
  act: { readonly iin: Iin; readonly device: DeviceId; readonly type: ActType; readonly receivedAtMs: number },
): Promise<boolean> {
  const { stepUp, stepUpMs } = context.registry.policy().policy.sessions ?? sessionRulesDefault;
  if (!stepUp.includes(act.type)) return false;
  const sessions = await openSessions(context, act.iin);
  return !sessions.some(
    ({ row, person }) =>
      row.device === act.device &&
      person.factors.some(
        ({ method, atMs }) => method === 'password' && act.receivedAtMs - atMs <= stepUpMs + onTheWayMaxMs,
      ),
  );
}

/**
 * Renews the evidence of the password of an open session; the card is shown by each act anew. Counted and answered as at the sign-in:
 * `sign-in-refused`. Durable on return.
 */
export async function renewPassword(
  context: SessionContext,
  reader: Reader,
  given: { readonly device: DeviceId; readonly address: string; readonly password: Secret<'password'> },
): Promise<Result<null, 'sign-in-refused' | 'server-busy'>> {
  const { platform, registry } = context;
  const { device, address, password } = given;
  const lane = laneOf(device);
  if (!mayStretch(lane)) return refuse('server-busy');
  const attempt = await beginAttempt(context, {
    person: reader.iin,
    holding: reader.person.certificate,
    device,
    address,
  });
  const fitted = await fitsPassword(await holdPassword(platform, reader.iin), password, lane);
  if (!fitted.ok) return fitted;
  const proofHash = fitted.value;
  const shown = { methods: ['password', 'card-eds'] } as const;
  const rules = registry.policy().policy.factors;
  const isEnough = judgeFactors({ realm: 'staff', purpose: 'step-up', shown, rules }).ok;
  if (proofHash === undefined || !isEnough) {
    await attempt.failed();
    return refuse('sign-in-refused');
  }
  if (!(await attempt.succeeded())) return refuse('sign-in-refused');
  const atMs = platform.surroundings.nowMs();
  const evidence = { kind: kindOfFactor.password, method: 'password', proofHash, atMs, device } as const;
  return (await renewEvidence(context, reader, evidence)) ? ok(null) : refuse('sign-in-refused');
}
