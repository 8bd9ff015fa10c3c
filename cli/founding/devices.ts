import { setTimeout as sleep } from 'node:timers/promises';
import { formatInvitation } from '../../contracts/http/index.ts';
import { parseDeviceRecord } from '../../contracts/documents/index.ts';
import { ok, refuse, type DeviceId, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { deviceFingerprint, type DeviceRecord } from '../../core/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { RunningServer } from '../../server/boot/index.ts';

/** Whoever stands between this program and the workstations. */
export type DeviceDesk = {
  /** Carries an invitation to the workstation of this name, or does what is done there. */
  readonly invite: (invitation: string, name: string, server: RunningServer) => Promise<void>;
  /** What the workstation itself shows: the last two groups of its fingerprint, or all of it; `undefined` where nobody went to look. */
  readonly readOff: (name: string) => Promise<string | undefined>;
};

type Admission = DeviceDesk & { readonly names: readonly string[] };

/** As long as an invitation is good. */
const enrolWaitMs = 3_600_000;
const pollMs = 500;
/** Two groups of four: whoever wants to stand in for a workstation has to find a key for them while people wait. */
const shownDigits = 8;

async function devicesOf({ founding }: RunningServer): Promise<readonly DeviceRecord[]> {
  const { records } = await founding.standing();
  return records.flatMap(({ kind, text }) => {
    const device = kind === 'device' ? parseDeviceRecord(text) : undefined;
    return device?.ok === true ? [device.value] : [];
  });
}

/** Workstations of a name that the log holds; where none is, one is invited and waited for. */
async function waitFor(admission: Admission, server: RunningServer, name: string): Promise<readonly DeviceRecord[]> {
  const find = async (): Promise<readonly DeviceRecord[]> =>
    (await devicesOf(server)).filter((device) => device.name === name);
  const known = await find();
  if (known.length > 0) return known;
  const { code } = await server.administration.enrolCode();
  const { identity, pin } = server;
  const invitation = formatInvitation({ url: new URL(identity.url).origin, spki: pin.spki as Sha256Hex, code });
  await admission.invite(invitation, name, server);
  for (let waitedMs = 0; waitedMs < enrolWaitMs; waitedMs += pollMs) {
    const devices = await find();
    if (devices.length > 0) return devices;
    await sleep(pollMs);
  }
  return [];
}

/** What a person typed of a fingerprint, without spaces; true where it is its end. */
function isEndOf(typed: string, fingerprint: string): boolean {
  const digits = typed.replaceAll(/\s/gu, '').toLowerCase();
  return digits.length >= shownDigits && fingerprint.endsWith(digits);
}

/**
 * The workstations that the founding will admit: each enrols by an invitation of its own, and counts once somebody read its fingerprint off
 * its own screen, in each run of the program anew. One whose fingerprint is another is never admitted, whatever its name.
 */
export async function admitDevices(admission: Admission, server: RunningServer): Promise<Result<readonly DeviceId[]>> {
  const { names, readOff } = admission;
  const admitted: DeviceId[] = [];
  for (const name of names) {
    const devices = await waitFor(admission, server, name);
    if (devices.length === 0) return refuse('founding-device-absent');
    const typed = await readOff(name);
    if (typed === undefined) return refuse('cancelled');
    const device = devices.find((one) => isEndOf(typed, deviceFingerprint(sha256, one)));
    if (device === undefined) return refuse('founding-device-differs');
    admitted.push(device.device);
  }
  return ok(admitted);
}
