import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { admitDevices } from '../../cli/founding/devices.ts';
import { writeKept } from '../../cli/founding/kept.ts';
import { signAll } from '../../cli/founding/signing.ts';
import type { DeviceId, Iin } from '../../core/kernel/index.ts';
import { groupsOf } from '../../core/signing/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { signFounding } from '../server/support/founded.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';

// Whoever writes into the folder of a ceremony has enrolled a machine of his own under the name of the workstation, and edits the draft.
let platform: TestPlatform;
let desk: Workstation;
let machine: Workstation;
let three: readonly [TestPerson, TestPerson, TestPerson];

beforeAll(async () => {
  platform = await startTestPlatform();
  const person = (n: number, name: string, roles: TestPerson['roles']) =>
    issuePerson({ ca: platform.ca, n, name, roles });
  three = [
    person(11, 'Қасымова Дана', ['security-officer']),
    person(13, 'Әлиев Марат', ['manager']),
    person(14, 'Ким Олег', ['security-officer', 'manager']),
  ];
  for (const one of three) must(await addStaff(platform.server, one));
  desk = await enrolled(platform.server);
  machine = await enrolled(platform.server);
}, 60_000);

afterEach(() => rmSync(join(platform.directory, 'founding.json'), { force: true }));
afterAll(() => platform.remove());

async function statementOf(...devices: readonly DeviceId[]): Promise<string> {
  const [one, other, { iin: recovery }] = three;
  return must(
    await platform.server.founding.statement({ officers: [one.iin, other.iin] as [Iin, Iin], recovery, devices }),
  );
}

/** Takes the ceremony up after the fingerprint of the desk was read off; no card is in. */
async function takenUp(): Promise<string> {
  const [one, other, recovery] = three.map(({ iin, name }) => ({ iin, name })) as [Named, Named, Named];
  const plan = { officers: [one, other], recovery } as unknown as Parameters<typeof signAll>[0]['plan'];
  const signing = { locale: 'kk', show: () => undefined } as const;
  const cards = undefined as never;
  const options = { plan, directory: platform.directory, devices: [desk.device], cards, signing };
  const answer = await signAll(options, platform.server.founding);
  return answer.ok ? 'signed' : answer.refusal.code;
}
type Named = { readonly iin: Iin; readonly name: string };

function keep(statement: string, ...by: readonly TestPerson[]): void {
  const signatures = by.map((one) => signFounding(one, statement));
  writeKept(platform.directory, { form: 'qorgan.founding-draft/2', statement, signatures });
}

test('a draft that names just the workstation that was seen is taken up with its signatures', async () => {
  keep(await statementOf(desk.device), ...three);
  expect(await takenUp()).toBe('signed');
});

test('a draft that admits another machine is not shown to anybody, even where one of the three has signed it', async () => {
  const [, , recovery] = three;
  for (const devices of [[machine.device], [desk.device, machine.device], []]) {
    for (const by of [[], [recovery], three]) {
      keep(await statementOf(...devices), ...by);
      expect(await takenUp()).toBe('founding-plan-differs');
    }
  }
});

test('a draft that says itself which machine was seen is no draft', async () => {
  const draft = { form: 'qorgan.founding-draft/2', devices: [machine.device], statement: null, signatures: [] };
  writeFileSync(join(platform.directory, 'founding.json'), JSON.stringify(draft));
  expect(await takenUp()).toBe('founding-draft-malformed');
});

test('of two machines of one name the one is admitted whose own screen was read', async () => {
  const admit = async (shown: string) => {
    const invite = () => Promise.reject(new Error('a machine of this name is there'));
    const names = ['АРМ-1'];
    const answer = await admitDevices({ invite, names, readOff: () => Promise.resolve(shown) }, platform.server);
    return answer.ok ? answer.value : answer.refusal.code;
  };
  for (const one of [desk, machine])
    expect(await admit(groupsOf(sha256Hex(one.client.publicKey)).slice(-9))).toEqual([one.device]);
  expect(await admit('0000 0000')).toBe('founding-device-differs');
});
