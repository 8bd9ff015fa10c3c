import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCa } from '../../../dev/ca/index.ts';
import {
  createServerLog,
  initPlatform,
  realSurroundings,
  startServer,
  type PlatformPlace,
  type RunningServer,
} from '../../../server/boot/index.ts';
import type { Antivirus } from '../../../server/evidence/index.ts';
import { issuePerson, testCa, type TestPerson } from './people.ts';

/** A platform of a test, with people who may act on it. */
export type TestPlatform = {
  readonly directory: string;
  readonly databaseUrl: string | undefined;
  readonly ca: TestCa;
  readonly registrar: TestPerson;
  readonly reviewer: TestPerson;
  readonly other: TestPerson;
  /** Lines that the server logged. */
  readonly lines: string[];
  server: RunningServer;
  readonly restart: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A private folder that a database user may pass through. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qorgan-server-'));
  chmodSync(folder, 0o711);
  return folder;
}

export function must<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly refusal: { readonly code: string } },
): T {
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}`);
  return result.value;
}

/** Starts the server of a folder on a free port. */
export async function startIn(
  directory: string,
  lines: string[],
  databaseUrl?: string,
  onStatement?: (text: string) => void,
  surroundings: PlatformPlace['surroundings'] = realSurroundings,
  antivirus?: Antivirus,
): Promise<RunningServer> {
  const log = createServerLog((line) => lines.push(line));
  return must(
    await startServer({
      directory,
      databaseUrl,
      profile: 'demo',
      listen: { host: '127.0.0.1', port: 0 },
      log,
      surroundings,
      onStatement,
      antivirus,
    }),
  );
}

/** Initialises, starts and furnishes a demonstration platform: anchors, revocation lists, a registrar and two reviewers. */
export async function startTestPlatform(
  databaseUrl?: string,
  onStatement?: (text: string) => void,
  antivirus?: Antivirus,
): Promise<TestPlatform> {
  const directory = testFolder();
  const lines: string[] = [];
  const init = await initPlatform({
    directory,
    databaseUrl,
    profile: 'demo',
    operatorName: '«Қорған» АҚ',
    url: 'https://127.0.0.1:7443',
    surroundings: realSurroundings,
    onStatement,
  });
  must(init);
  const ca = testCa(true);
  const platform: TestPlatform = {
    directory,
    databaseUrl,
    ca,
    registrar: issuePerson({ ca, n: 1, name: 'Серікова Айгүл', roles: ['registrar'] }),
    reviewer: issuePerson({ ca, n: 2, name: 'Иванов Пётр', roles: ['reviewer'] }),
    other: issuePerson({ ca, n: 3, name: 'Оспанов Ерлан', roles: ['reviewer'] }),
    lines,
    server: await startIn(directory, lines, databaseUrl, onStatement, realSurroundings, antivirus),
    restart: async () => {
      await platform.server.close();
      platform.server = await startIn(directory, lines, databaseUrl, undefined, realSurroundings, antivirus);
    },
    remove: async () => {
      await platform.server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  const { administration } = platform.server;
  must(await administration.importAnchors({ anchors: [ca.rootCertificate], intermediates: [ca.issuingCertificate] }));
  for (const list of ca.crls()) must(await administration.importCrl(list));
  for (const person of [platform.registrar, platform.reviewer, platform.other])
    must(await addStaff(platform.server, person));
  return platform;
}

/** Codes by which people who were granted roles set their passwords at the first sign-in, by certificate. */
export const activationCodes = new Map<string, string>();
const activated = new Set<string>();

/** Grants a person his roles, and the first time makes the code for his password. */
export async function addStaff(
  server: RunningServer,
  person: TestPerson,
  rest: { readonly validUntilMs?: number; readonly basis?: string } = {},
) {
  const { iin, name, roles, certificateHash } = person;
  if (!activated.has(certificateHash)) {
    activated.add(certificateHash);
    activationCodes.set(certificateHash, must(await server.administration.activationCode(iin)).code);
  }
  return server.administration.addStaff({
    iin,
    name,
    roles,
    certificates: [certificateHash],
    validFromMs: 0,
    validUntilMs: 4_000_000_000_000,
    basis: 'Бұйрық № 1',
    ...rest,
  });
}
