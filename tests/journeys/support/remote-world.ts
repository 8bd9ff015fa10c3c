import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatInvitation } from '../../../contracts/http/index.ts';
import type { Sha256Hex } from '../../../core/kernel/index.ts';
import { createTestCa, type TestCa } from '../../../dev/ca/index.ts';
import {
  certificateOf,
  freePort,
  makeCards,
  makeCases,
  member,
  must,
  openWorkstation,
  operator,
  playedPrompt,
  staff,
  startServerProcess,
  type ServerProcess,
  type StaffCard,
  type StaffMember,
  until,
} from '../../../dev/demo/index.ts';
import { guardTokens, openSoftHsmStore, type SoftHsmStore } from '../../../dev/softhsm/index.ts';
import { importCases } from '../../../main/engine/index.ts';
import { initPlatform, openAdministration, realSurroundings } from '../../../server/boot/index.ts';
import { bringAuthority, bringStaff } from './platform.ts';

/** A demo platform whose server is a process that may be killed and started again at the same address. */
export type RemoteWorld = {
  readonly store: SoftHsmStore;
  invitation(): Promise<string>;
  /** SIGKILL, and a new start from what is on the disk. */
  killServer(): Promise<void>;
  close(): Promise<void>;
};

export type RemoteWorldOptions = {
  /** Makes cards that are not of SoftHSM; whoever has one has no token there. */
  readonly otherCards?: (ca: TestCa) => readonly StaffCard[];
  /** Where workstations find the server, and how it is started, where it is not the plain one. */
  readonly url?: string;
  readonly startServer?: () => Promise<ServerProcess>;
};

export async function makeRemoteWorld(directory: string, options: RemoteWorldOptions = {}): Promise<RemoteWorld> {
  mkdirSync(directory, { recursive: true });
  // The database engine never runs as root: its own user has to reach its folder.
  chmodSync(directory, 0o711);
  const ca = createTestCa({ demo: true, now: Date.now, keys: 'rsa-2048' });
  const store = openSoftHsmStore(join(directory, 'cards'));
  const others = options.otherCards?.(ca) ?? [];
  const isElsewhere = ({ id }: StaffMember): boolean => others.some(({ member }) => member.id === id);
  const tokens = makeCards(
    store,
    ca,
    staff.filter((person) => !isElsewhere(person)),
  );
  const place = { directory: join(directory, 'platform'), surroundings: realSurroundings };
  // Tokens in software break where a real card would not: whoever kills a process that uses them has to mend them.
  const stopGuarding = guardTokens(store);
  const listen = `127.0.0.1:${await freePort()}`;
  must(
    await initPlatform({
      ...place,
      profile: 'demo',
      operatorName: operator.name,
      url: options.url ?? `https://${listen}`,
    }),
  );
  const start = (): Promise<ServerProcess> =>
    options.startServer?.() ?? startServerProcess({ directory: place.directory, profile: 'demo', listen });
  let server = await start();
  const administration = must(await openAdministration(place));
  await bringAuthority(administration, ca);
  await bringStaff(administration, [...tokens, ...others]);
  await administration.close();
  return {
    store,
    async invitation() {
      const opened = must(await openAdministration(place));
      const { code } = await opened.enrolCode();
      await opened.close();
      return formatInvitation({ url: options.url ?? server.url, spki: server.spki as Sha256Hex, code });
    },
    async killServer() {
      await server.kill();
      server = await start();
    },
    async close() {
      stopGuarding();
      await server.stop();
    },
  };
}

/** The registrar submits so many cases at an import station of her own. */
export async function submitCases(world: RemoteWorld, directory: string, count: number): Promise<void> {
  const registrar = member('registrar');
  const prompt = playedPrompt(registrar);
  const station = openWorkstation({ directory, store: world.store, prompt, kind: 'import-station' });
  const certificateId = await certificateOf(station, registrar);
  must(await station.enrol({ code: await world.invitation(), name: 'Import', certificateId }));
  must(await station.startShift(certificateId));
  const cases = makeCases({ seed: 3, nowMs: Date.now(), count });
  const { platform } = station;
  if (platform === undefined) throw new Error('the shift has no platform');
  must(await importCases({ submit: (proposal) => station.sign(proposal), platform, cases, onStep: () => undefined }));
  await until(() => station.app().status.outbox.waiting === 0);
  await station.close();
}
