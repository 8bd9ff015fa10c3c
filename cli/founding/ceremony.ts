import { ok, refuse, Secret, type Result } from '../../core/kernel/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { endlessMs } from '../../core/replay/index.ts';
import {
  initPlatform,
  startServer,
  type InitOptions,
  type RunningServer,
  type StartOptions,
} from '../../server/boot/index.ts';
import { sortAuthorities } from '../server/index.ts';
import { certificateOn, type CardDesk } from './cards.ts';
import { admitDevices, type DeviceDesk } from './devices.ts';
import { forgetKept, readKept } from './kept.ts';
import { peopleOf, type PlanFile } from './plan.ts';
import { recordedPerson, signAll, type SigningDesk } from './signing.ts';

/** What is over; each step is taken once, however often the ceremony is interrupted. */
export type FoundingStep = 'platform' | 'authorities' | 'people' | 'devices' | 'signatures' | 'founded';

/** A ceremony: its plan, the files that the plan names, and whoever is there. */
export type Ceremony = {
  readonly plan: PlanFile;
  /** DER of what the plan names. */
  readonly certificates: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  readonly place: Pick<StartOptions, 'directory' | 'databaseUrl' | 'passphrase' | 'logKeyPin' | 'startDeviceHost'> &
    Pick<StartOptions, 'surroundings' | 'listen' | 'log'>;
  readonly logKeyToken?: InitOptions['logKeyToken'];
  readonly cards: CardDesk;
  readonly devices: DeviceDesk;
  readonly signing: SigningDesk;
  /** Throws away a statement that was begun; those who signed it sign again. */
  readonly isAnew?: boolean;
  readonly onStep: (step: FoundingStep) => void;
};

async function makePlatform({ plan, place, logKeyToken }: Ceremony): Promise<Result<null>> {
  const { profile, operatorName, url, platform } = plan;
  // Whoever makes the platform wipes the PIN of the token; the server that runs then needs it, too.
  const pin = place.logKeyPin;
  const logKeyPin = pin === undefined ? undefined : new Secret('log-key-pin', pin.reveal());
  const made = await initPlatform({ ...place, logKeyPin, profile, operatorName, url, platform, logKeyToken });
  return made.ok || made.refusal.code === 'platform-exists' ? ok(null) : made;
}

/** The folder must hold the platform of this very plan: nobody founds another one by mistake. */
function isOfPlan({ plan }: Ceremony, { identity }: RunningServer): boolean {
  const { operatorName, url, platform = identity.platform } = plan;
  return (
    identity.operatorName === operatorName &&
    new URL(identity.url).origin === new URL(url).origin &&
    identity.platform === platform
  );
}

async function bringAuthorities(
  { certificates, revocationLists, place }: Ceremony,
  { administration, founding }: RunningServer,
): Promise<Result<null>> {
  const sorted = sortAuthorities(certificates, undefined, place.surroundings.nowMs());
  if (!sorted.ok) return sorted;
  const anchors = sorted.value.anchors.map(({ der }) => der);
  const intermediates = sorted.value.intermediates.map(({ der }) => der);
  const { trust } = await founding.standing();
  const isThere =
    [...(trust?.anchors ?? []), ...(trust?.intermediates ?? [])].join() ===
    [...anchors, ...intermediates].map((der) => sha256Hex(der)).join();
  const imported = isThere ? ok(null) : await administration.importAnchors({ anchors, intermediates });
  if (!imported.ok) return imported;
  for (const list of revocationLists) {
    const added = await administration.importCrl(list);
    if (!added.ok) return added;
  }
  return ok(null);
}

/** Reads each person's certificate off the card, judges it, and records the person; whoever is recorded already is left as he is. */
async function bringPeople(ceremony: Ceremony, { administration, founding }: RunningServer): Promise<Result<null>> {
  const { plan, cards, place } = ceremony;
  for (const { iin, name, roles } of peopleOf(plan)) {
    if ((await recordedPerson(founding, iin)) !== undefined) continue;
    const certificate = await certificateOn(cards, { iin, name }, (der) => founding.judgeCertificate(der, iin));
    if (!certificate.ok) return certificate;
    const validFromMs = place.surroundings.nowMs();
    const added = await administration.addStaff({
      ...{ iin, name, roles, validFromMs, validUntilMs: endlessMs, basis: plan.basis },
      certificates: [certificate.value],
    });
    if (!added.ok) return added;
  }
  return ok(null);
}

async function hold(ceremony: Ceremony, server: RunningServer): Promise<Result<null>> {
  const { plan, place, onStep } = ceremony;
  const { founding } = server;
  if ((await founding.standing()).isFounded) return refuse('platform-founded');
  if (!isOfPlan(ceremony, server)) return refuse('founding-plan-differs');
  const kept = readKept(place.directory);
  if (!kept.ok) return kept;
  const authorities = await bringAuthorities(ceremony, server);
  if (!authorities.ok) return authorities;
  onStep('authorities');
  const people = await bringPeople(ceremony, server);
  if (!people.ok) return people;
  onStep('people');
  const admitted = await admitDevices({ ...ceremony.devices, names: plan.workstations }, server);
  if (!admitted.ok) return admitted;
  onStep('devices');
  const signed = await signAll({ ...ceremony, directory: place.directory, devices: admitted.value }, founding);
  if (!signed.ok) return signed;
  onStep('signatures');
  const founded = await founding.found(signed.value.statement, signed.value.signatures);
  if (!founded.ok) return founded;
  forgetKept(place.directory);
  onStep('founded');
  return ok(null);
}

/**
 * Founds a platform from nothing, or takes up a ceremony where it was interrupted: keys and log, authorities, the people with their
 * cards, the first workstations, the statement and its signatures. It serves the platform itself until it is over, so that the
 * workstations can enrol; a server that runs already is refused.
 */
export async function holdCeremony(ceremony: Ceremony): Promise<Result<null>> {
  const made = await makePlatform(ceremony);
  if (!made.ok) return made;
  ceremony.onStep('platform');
  const server = await startServer({ ...ceremony.place, profile: ceremony.plan.profile });
  if (!server.ok) return server;
  try {
    return await hold(ceremony, server.value);
  } finally {
    await server.value.close();
  }
}
