import type { Posture, PostureFinding, Service } from '../../core/access/index.ts';
import { ok, type Refusal, type Result } from '../../core/kernel/index.ts';
import type { Engine, Shift } from './context.ts';
import type { ServerClient } from './http/client.ts';

/** How often a machine says how it is while a shift is open. */
const reportEveryMs = 3_600_000;
/** The same while the server restricts it: what was mended is told soon. */
const mendEveryMs = 60_000;

/** True for what the server answers to a device whose state or version the policy does not allow. */
export function isByPosture(code: string): boolean {
  return code === 'posture-restricted' || code === 'posture-refused' || code === 'client-too-old';
}

async function postureNow(engine: Engine): Promise<Posture> {
  const { options, serverClock } = engine;
  const offsetMs = serverClock.offsetMs;
  const machine = await options.posture();
  return { version: options.version, clockDriftMs: offsetMs === undefined ? null : -offsetMs, ...machine };
}

type Judged = { readonly service: Service['measure']; readonly findings: readonly PostureFinding[] };

/** Looks at the machine, journals what was found, and tells the server; answers what the policy makes of it. */
async function reportPosture(engine: Engine, client: ServerClient): Promise<Result<Judged>> {
  const posture = await postureNow(engine);
  const body = { ...posture, remoteControl: posture.remoteControl === null ? null : [...posture.remoteControl] };
  const written = await engine.vault.call('entries.append', {
    entry: { kind: 'posture', body },
    atMs: engine.options.clock.nowMs(),
  });
  return written.ok ? client.call('posture', { body }) : written;
}

/** What keeps a device of such a state from acting; `null` where nothing does. */
function restrictionOf({ service, findings }: Judged): Refusal | null {
  const [finding = ''] = findings;
  if (service === 'read-only') return { code: 'posture-restricted', details: { finding } };
  return service === 'refuse' ? { code: 'posture-refused', details: { finding } } : null;
}

/** Reports, and takes what the policy makes of it as what this desk may do now. */
export async function takeReport(engine: Engine, shift: Shift, client: ServerClient): Promise<Result<null>> {
  const reported = await reportPosture(engine, client);
  if (!reported.ok) return reported;
  shift.reportedAtMs = engine.options.clock.monotonicMs();
  shift.restriction = restrictionOf(reported.value);
  return ok(null);
}

/** The hourly report of one shift; the first is made at its start, where the server can be asked then. */
export class PostureReports {
  #triedAtMs = Number.NEGATIVE_INFINITY;
  /** Why the last report was not taken. What that means for acts is said by the server's policy alone, so that nothing waits for it here. */
  refusal: Refusal | null = null;

  async round(engine: Engine, shift: Shift): Promise<void> {
    const nowMs = engine.options.clock.monotonicMs();
    const everyMs = shift.restriction === null ? reportEveryMs : mendEveryMs;
    if (nowMs - shift.reportedAtMs < everyMs || nowMs - this.#triedAtMs < mendEveryMs) return;
    this.#triedAtMs = nowMs;
    const wasRestricted = shift.restriction !== null;
    const reported = await takeReport(engine, shift, shift.client);
    this.refusal = reported.ok ? null : reported.refusal;
    // What waited for it goes out now.
    if (wasRestricted && shift.restriction === null) engine.kickSync();
  }
}
