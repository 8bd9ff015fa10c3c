import type { AppView, CertificateView } from '../../contracts/ipc/index.ts';
import type { TokenState } from '../../contracts/device-host/index.ts';
import { ok, type Result } from '../../core/kernel/index.ts';
import { alarmsFor } from './access/alarm-views.ts';
import { noTerms } from './access/own-account.ts';
import { certificateView, seeCards } from './cards.ts';
import type { Engine, EngineState } from './context.ts';
import { slotOf } from './slot-keys.ts';

const noLimits = { warnDriftMs: Number.POSITIVE_INFINITY, refuseDriftMs: Number.POSITIVE_INFINITY };

/** The phase of the workstation: what the person can do at all. */
export function phaseOf(engine: Engine): AppView['phase'] {
  const { shift, quarantine, vaultExists } = engine.state;
  if (!vaultExists) return 'not-enrolled';
  if (shift === undefined) return 'locked';
  return quarantine === undefined ? 'open' : 'quarantined';
}

function deviceView(device: {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly deviceFingerprint?: string | undefined;
}): NonNullable<AppView['device']> {
  return { id: device.deviceId, name: device.deviceName, fingerprint: device.deviceFingerprint ?? null };
}

/** Everything that the frame of the window shows. */
export function appView(engine: Engine): AppView {
  const { state, files, options, serverClock } = engine;
  const hints = files.hints();
  const { shift } = state;
  const bundle = shift?.enrolment.bundle;
  const profile = bundle?.profile ?? hints?.profile ?? null;
  const device = shift === undefined ? hints : { ...shift.enrolment, deviceId: shift.enrolment.device };
  return {
    phase: phaseOf(engine),
    quarantine: state.quarantine ?? null,
    profile,
    operatorName: bundle?.operatorName ?? hints?.operatorName ?? null,
    device: device === undefined ? null : deviceView(device),
    staff: shift === undefined ? null : { name: shift.name, iin: shift.iin, roles: [...shift.roles] },
    lockedBy: shift === undefined ? state.lockedBy : null,
    preferences: state.preferences,
    // Before enrolment a demo folder may say how its cards open; once bound, only a demo vault does.
    demoCredentials: profile === 'production' ? [] : [...files.demoCredentials()],
    version: options.version,
    status: {
      card: state.card,
      failedModules: state.failedModules,
      server: state.server,
      outbox: state.outbox,
      evidence: {
        waiting: state.uploads.waiting,
        paused: state.uploads.paused,
        refused: state.uploads.stuck,
        percent:
          state.uploads.current === null
            ? null
            : Math.floor((100 * state.uploads.current.sentBytes) / state.uploads.current.sizeBytes),
      },
      emergencies: alarmsFor(engine),
      log: state.log,
      clock: serverClock.state(shift?.enrolment.policy.clock ?? noLimits),
      alarms: [...state.alarms],
      terms: shift?.terms ?? noTerms,
    },
  };
}

/** What the picker shows: every signing certificate in every reader, the unusable ones with their reason. */
export async function listCertificates(engine: Engine): Promise<Result<CertificateView[]>> {
  const seen = await seeCards(engine);
  if (!seen.ok) return seen;
  noteCards(engine, seen.value);
  const status = await engine.vault.call('vault.status', null);
  const slots = status.ok ? status.value.slots : [];
  return ok(seen.value.signers.map((signer) => certificateView(signer, slotOf(signer, slots) !== undefined)));
}

/** Puts what the readers show into the status line. */
export function noteCards(
  engine: Engine,
  seen: {
    readonly tokens: readonly Pick<TokenState, 'label' | 'attempts' | 'reference'>[];
    readonly failedModules: EngineState['failedModules'];
  },
): void {
  const own = engine.state.shift?.signer.token;
  // A card may come back in another reader; its serial number stays.
  const found = seen.tokens.find(
    ({ label, reference }) => label === own?.label && reference.serial === own.reference.serial,
  );
  const token = own === undefined ? seen.tokens[0] : found;
  const isMissing = token === undefined;
  const state = isMissing
    ? seen.failedModules.length > 0
      ? 'module-failed'
      : 'absent'
    : token.attempts === 'locked'
      ? 'locked'
      : 'present';
  const label = isMissing ? null : token.label;
  const before = engine.state;
  const named = (modules: EngineState['failedModules']): string => JSON.stringify(modules);
  const isSame = before.card.state === state && before.card.label === label;
  if (isSame && named(before.failedModules) === named(seen.failedModules)) return;
  engine.state.card = { state, label };
  engine.state.failedModules = seen.failedModules;
  engine.emit('app.changed');
}
