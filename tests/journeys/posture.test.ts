import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateOf, member, must, openWorkstation, playedPrompt, until } from '../../dev/demo/index.ts';
import type { Workstation, WorkstationOptions } from '../../main/engine/index.ts';
import { changePolicy } from '../server/support/policy.ts';
import { makeWorld, type World } from './support/platform.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-state-'));
const reviewer = member('reviewer');
type MachineState = Awaited<ReturnType<WorkstationOptions['posture']>>;
const good: MachineState = {
  ...{ system: 'debian 12', patchedAtMs: Date.now(), antivirus: 'none', isDiskEncrypted: true, remoteControl: [] },
};

let world: World;
let desk: Workstation;
let machine = good;

beforeAll(async () => {
  world = await makeWorld(directory, { profile: 'demo' });
  const posture = {
    ...{ patchAgeMaxMs: 86_400_000, antivirusBaseAgeMaxMs: 86_400_000, clockDriftMaxMs: 60_000 },
    ...{ reportAgeMaxMs: 7_200_000, versions: {} },
    measures: { 'disk-plain': 'read-only', 'remote-control': 'refuse' } as const,
  };
  await changePolicy({ directory: join(directory, 'platform'), server: world.server }, (policy) => ({
    ...policy,
    posture,
  }));
  const prompt = playedPrompt({ ...reviewer, phrase: reviewer.recognitionPhrase });
  desk = openWorkstation({
    ...{ directory: join(directory, 'desk'), store: world.store, prompt },
    posture: async () => machine,
  });
  const certificateId = await certificateOf(desk, reviewer);
  must(await desk.enrol({ code: await world.invitation(), name: 'Desk 1', certificateId }));
}, 60_000);

afterAll(async () => {
  await desk?.close();
  await world?.close();
  rmSync(directory, { recursive: true, force: true });
});

const start = async () => desk.startShift(await certificateOf(desk, reviewer));

async function signing(): Promise<string> {
  const signed = await desk.sign({ type: 'registration.claim', caseId: '01920000-0000-7000-8000-000000000000' });
  return signed.ok ? 'signed' : signed.refusal.code;
}

describe('a desk that says how its machine is', { timeout: 60_000 }, () => {
  it('writes it into the journal at the start of a shift, and works where nothing is found', async () => {
    must(await start());
    const { items } = must(await desk.listJournal({ before: null, limit: 20, onlyActs: false }));
    expect(items.map(({ kind }) => kind)).toContain('posture');
    expect(await signing()).toBe('case-absent');
    must(await desk.endShift());
  });

  it('reads and does not sign where the policy restricts it, and says by what', async () => {
    machine = { ...good, isDiskEncrypted: false };
    must(await start());
    expect(await signing()).toBe('posture-restricted');
    await until(() => desk.app().status.server.refusal?.code === 'posture-restricted');
    expect(
      (await desk.listCases({ view: 'all', statuses: [], query: '', sort: 'number', offset: 0, limit: 1 })).ok,
    ).toBe(true);
    must(await desk.endShift());
  });

  it('starts no shift where the policy refuses it, and starts once it is mended', async () => {
    machine = { ...good, remoteControl: ['anydesk'] };
    const refused = await start();
    expect(refused.ok ? {} : refused.refusal).toMatchObject({
      code: 'posture-refused',
      details: { finding: 'remote-control' },
    });
    expect(desk.phase()).toBe('locked');
    machine = good;
    must(await start());
    expect(await signing()).toBe('case-absent');
    must(await desk.endShift());
  });
});
