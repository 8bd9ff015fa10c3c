import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  certificateOf,
  makeVirtualCard,
  member,
  must,
  openWorkstation,
  playedPrompt,
  until,
  type StaffMember,
} from '../../dev/demo/index.ts';
import { openVirtualReader, type CardDefinition, type VirtualReader } from '../../dev/virtual-card/index.ts';
import { realTimers } from '../../main/hosts/index.ts';
import { compiler, compileFaultyModule } from '../cards/compile.ts';
import { makeRemoteWorld, submitCases } from '../journeys/support/remote-world.ts';

/** The reviewer as the bearer of a PIV card, whose PIN has six digits; OpenSC names the card after its bearer. */
const { surname, name } = member('reviewer');
export const bearer: StaffMember = { ...member('reviewer'), pin: '135790', tokenLabel: `${surname} ${name}` };

/** A platform with a few cases and an enrolled workstation, whose card lies in a virtual reader and can be pulled. */
export type CardWorld = {
  readonly reader: VirtualReader['host'];
  readonly workstation: string;
  /** While this file is there, the module `broken` takes down whatever loads it. */
  readonly brokenFile: string;
  close(): Promise<void>;
};

const caseCount = 4;

async function enrol(
  directory: string,
  options: Pick<Parameters<typeof openWorkstation>[0], 'store' | 'otherModules'>,
  code: string,
): Promise<void> {
  const prompt = playedPrompt({ pin: bearer.pin, password: bearer.password, phrase: bearer.recognitionPhrase });
  const desk = openWorkstation({ ...options, directory, prompt });
  try {
    // A reader takes about two seconds to recognise a card.
    const isIn = async (): Promise<boolean> =>
      must(await desk.certificates()).some(({ tokenLabel }) => tokenLabel === bearer.tokenLabel);
    await until(isIn);
    must(await desk.enrol({ code, name: 'Жұмыс орны 1', certificateId: await certificateOf(desk, bearer) }));
  } finally {
    await desk.close();
  }
}

function writeModules(folder: string, reader: VirtualReader, brokenFile: string): void {
  const openSc = { id: 'opensc', path: reader.modulePath, environment: reader.environment };
  const broken = { id: 'broken', path: join(folder, 'broken.so'), environment: { QORGAN_FAULT_WHILE: brokenFile } };
  if (compiler !== undefined) compileFaultyModule(broken.path);
  const modules = existsSync(broken.path) ? [broken, openSc] : [openSc];
  writeFileSync(join(folder, 'cards.json'), JSON.stringify({ modules }), { mode: 0o600 });
}

export async function makeCardWorld(): Promise<CardWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-card-window-'));
  chmodSync(directory, 0o711);
  const sockets = join(directory, 'reader');
  mkdirSync(sockets, { mode: 0o711 });
  const reader = await openVirtualReader({ directory: sockets, timers: realTimers });
  let definition: CardDefinition | undefined;
  const world = await makeRemoteWorld(join(directory, 'world'), {
    otherCards(ca) {
      const made = makeVirtualCard(ca, bearer);
      definition = made.definition;
      return [made.card];
    },
  });
  if (definition === undefined) throw new Error('the card was not made');
  const brokenFile = join(directory, 'broken');
  writeFileSync(brokenFile, '');
  const workstation = join(directory, 'workstation');
  must(await reader.host.call('insertNew', { slot: 0, card: { ...definition, keys: [...definition.keys] } }));
  await submitCases(world, join(directory, 'station'), caseCount);
  const openSc = { id: 'opensc', path: reader.modulePath, environment: reader.environment };
  await enrol(workstation, { store: world.store, otherModules: [openSc] }, await world.invitation());
  writeModules(workstation, reader, brokenFile);
  return {
    reader: reader.host,
    workstation,
    brokenFile,
    async close() {
      await reader.close();
      await world.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
