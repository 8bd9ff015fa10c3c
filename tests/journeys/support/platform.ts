import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTestCa, type TestCa } from '../../../dev/ca/index.ts';
import {
  activationCodes,
  fullName,
  makeCards,
  must,
  operator,
  staff,
  type StaffCard,
  type StaffMember,
} from '../../../dev/demo/index.ts';
import { openSoftHsmStore, type SoftHsmStore } from '../../../dev/softhsm/index.ts';
import { formatInvitation } from '../../../contracts/http/index.ts';
import type { Profile } from '../../../core/signing/index.ts';
import type { Sha256Hex } from '../../../core/kernel/index.ts';
import {
  createServerLog,
  initPlatform,
  realSurroundings,
  startServer,
  type Administration,
  type RunningServer,
} from '../../../server/boot/index.ts';

/** A platform with its authority and the cards of three people, on real parts, in one folder. */
export type World = {
  readonly directory: string;
  readonly ca: TestCa;
  readonly store: SoftHsmStore;
  readonly cards: readonly StaffCard[];
  readonly server: RunningServer;
  invitation(): Promise<string>;
  close(): Promise<void>;
};

const yearMs = 365 * 86_400_000;

export async function bringAuthority(administration: Administration, ca: TestCa): Promise<void> {
  must(await administration.importAnchors({ anchors: [ca.rootCertificate], intermediates: [ca.issuingCertificate] }));
  for (const list of ca.crls()) must(await administration.importCrl(list));
}

export async function bringStaff(administration: Administration, cards: readonly StaffCard[]): Promise<void> {
  for (const { member, certificate } of cards) {
    const record = {
      iin: member.iin,
      name: fullName(member),
      roles: member.roles,
      certificates: [certificate as Sha256Hex],
      validFromMs: Date.now() - 60_000,
      validUntilMs: Date.now() + yearMs,
      basis: 'Order 1-k',
    };
    must(await administration.addStaff(record));
    activationCodes.set(member.iin, must(await administration.activationCode(member.iin)).code);
  }
}

export type WorldOptions = {
  readonly profile: Profile;
  readonly isDemoAuthority?: boolean;
  /** Whose cards are made; the staff of the demo where absent. */
  readonly people?: readonly StaffMember[];
  /** Who has a card and is not of the staff. */
  readonly withoutRoles?: readonly string[];
  /** Where workstations find the server, and the port on which it listens, where something stands between. */
  readonly line?: { readonly url: string; readonly port: number };
  /** The policy by which outside witnesses of this log are asked. */
  readonly witnessed?: (logKey: string) => Promise<string>;
};

export async function makeWorld(directory: string, options: WorldOptions): Promise<World> {
  mkdirSync(directory, { recursive: true });
  // The database engine never runs as root: its own user has to reach its folder.
  chmodSync(directory, 0o711);
  const platform = join(directory, 'platform');
  const ca = createTestCa({
    demo: options.isDemoAuthority ?? options.profile === 'demo',
    now: Date.now,
    keys: 'rsa-2048',
  });
  const store = openSoftHsmStore(join(directory, 'cards'));
  const cards = makeCards(store, ca, options.people ?? staff);
  const place = { directory: platform, surroundings: realSurroundings };
  const about = {
    profile: options.profile,
    operatorName: operator.name,
    url: options.line?.url ?? 'https://127.0.0.1:0',
  };
  const { logKey } = must(await initPlatform({ ...place, ...about }));
  const witnessPolicy = await options.witnessed?.(logKey);
  const log = createServerLog((line) => void (line.includes('"level":"error"') && process.stderr.write(line)));
  const server = must(
    await startServer({
      ...place,
      profile: options.profile,
      listen: { host: '127.0.0.1', port: options.line?.port ?? 0 },
      log,
      witnessPolicy,
    }),
  );
  await bringAuthority(server.administration, ca);
  const outside = options.withoutRoles ?? [];
  await bringStaff(
    server.administration,
    cards.filter(({ member }) => !outside.includes(member.iin)),
  );
  return {
    directory,
    ca,
    store,
    cards,
    server,
    async invitation() {
      const { code } = await server.administration.enrolCode();
      return formatInvitation({ url: server.url, spki: server.pin.spki as Sha256Hex, code });
    },
    close: () => server.close(),
  };
}
