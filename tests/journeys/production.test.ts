import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInvitation } from '../../contracts/http/index.ts';
import type { PlatformId } from '../../core/kernel/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { createTestCa, type TestCa } from '../../dev/ca/index.ts';
import {
  freePort,
  fullName,
  makeCards,
  makeCases,
  member,
  staff,
  startServerProcess,
  type ServerProcess,
  type StaffCard,
} from '../../dev/demo/index.ts';
import { openSoftHsmStore, type SoftHsmStore } from '../../dev/softhsm/index.ts';
import { testForm } from '../server/support/forms.ts';
import { issuePerson } from '../server/support/people.ts';
import { newCase, Workstation as TestWorkstation } from '../server/support/workstation.ts';
import { runDesk, type User } from './support/desk.ts';

const root = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'qorgan-production-'));
const product = join(directory, 'product');
const platform = join(directory, 'platform');
const nobody = 65_534;
/** A production platform refuses root; where the tests run as root the product runs as somebody else. */
const user: User | undefined = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : undefined;
const layers = ['cli', 'contracts', 'core', 'eds', 'locales', 'main', 'native', 'server'];
const cases = makeCases({ seed: 9, nowMs: Date.now(), count: 2 });
const reviewer = member('reviewer');
const registrar = member('registrar');

let ca: TestCa;
let store: SoftHsmStore;
let cards: readonly StaffCard[];
let server: ServerProcess;
let url: string;

type Said = { readonly code: number; readonly facts: Readonly<Record<string, unknown>>; readonly text: string };

/** Runs `qorgan` of the copied product as an administrator would. */
function qorgan(words: readonly string[], input = ''): Promise<Said> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    HOME: directory,
    LANG: 'C.UTF-8',
  };
  const child = spawn(process.execPath, [join(product, 'cli/boot/index.ts'), ...words, '--json'], { env, ...user });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  child.stdin.end(input);
  return new Promise((settle) =>
    child.on('close', (code) => {
      const last = text.trim().split('\n').at(-1) ?? '{}';
      settle({ code: code ?? 2, text, facts: last.startsWith('{') ? (JSON.parse(last) as Said['facts']) : {} });
    }),
  );
}

function giveTo(path: string): void {
  if (user === undefined) return;
  chownSync(path, user.uid, user.gid);
  if (lstatSync(path).isDirectory()) for (const entry of readdirSync(path)) giveTo(join(path, entry));
}

function write(name: string, content: string | Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  giveTo(file);
  return file;
}

async function good(words: readonly string[], input = ''): Promise<Said> {
  const said = await qorgan(words, input);
  expect(said.code, said.text).toBe(0);
  return said;
}

async function activationCode(iin: string): Promise<string> {
  const said = await good(['server', 'activation-code', '--iin', iin, '--directory', platform]);
  return String(said.facts['activationCode']);
}

beforeAll(() => {
  chmodSync(directory, 0o755);
  mkdirSync(product);
  for (const layer of layers)
    cpSync(join(root, layer), join(product, layer), { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
  cpSync(join(root, 'package.json'), join(product, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(product, 'node_modules'));
  ca = createTestCa({ demo: false, now: Date.now, keys: 'rsa-2048' });
  store = openSoftHsmStore(join(directory, 'cards'));
  cards = makeCards(store, ca, staff);
  giveTo(store.directory);
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
});

afterAll(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('a platform in production, from a product with no dev folder', { timeout: 120_000 }, () => {
  it('is initialised, and refuses to be opened as a demonstration or started by root', async () => {
    expect(existsSync(join(product, 'dev'))).toBe(false);
    url = `https://127.0.0.1:${await freePort()}`;
    const made = await good(['server', 'init', '--directory', platform, '--operator-name', 'Operator', '--url', url]);
    expect(made.facts).toMatchObject({ profile: 'production' });
    expect(String(made.facts['logOrigin'])).toMatch(/^qorgan\./u);
    const asDemo = await qorgan(['server', 'start', '--directory', platform, '--profile', 'demo']);
    expect(asDemo.facts).toMatchObject({ reason: 'profile-differs' });
  });

  it('refuses the trust anchors of the demonstration: the first mark', async () => {
    const demo = createTestCa({ demo: true, now: Date.now, keys: 'ec-p256' });
    const file = write('demo-root.cer', demo.rootCertificate);
    const refused = await qorgan(['server', 'import-anchors', file, '--directory', platform]);
    expect(refused.facts).toMatchObject({ reason: 'demo-in-production' });
  });

  it('takes the anchors, lists and people of an outside authority', async () => {
    const place = ['--directory', platform];
    await good([
      'server',
      'import-anchors',
      write('root.cer', ca.rootCertificate),
      write('issuing.cer', ca.issuingCertificate),
      ...place,
    ]);
    const lists = ca.crls().map((list, i) => write(`list-${i}.crl`, list));
    await good(['server', 'import-crl', ...lists, ...place]);
    for (const { member: person, certificate } of cards) {
      const { iin, roles } = person;
      const nowMs = Date.now();
      const record = {
        iin,
        roles,
        name: fullName(person),
        certificates: [certificate],
        validFromMs: nowMs - 1_000,
        validUntilMs: nowMs + 86_400_000,
        basis: 'Order 1',
      };
      await good(['server', 'add-staff', write(`${person.id}.json`, JSON.stringify(record)), ...place]);
    }
  });

  it('lets a registrar submit from the command line, each case signed by her card', async () => {
    server = await startServerProcess({
      directory: platform,
      profile: 'production',
      listen: new URL(url).host,
      program: join(product, 'cli/boot/index.ts'),
      ...(user === undefined ? {} : { user }),
    });
    const code = await good(['server', 'enrol-code', '--directory', platform]);
    const modules = write(
      'modules.json',
      JSON.stringify({ modules: [{ id: 'softhsm', path: store.modulePath, environment: store.environment }] }),
    );
    const file = write('cases.json', JSON.stringify({ form: 'qorgan.cases/1', cases }));
    const options = [
      '--directory',
      join(directory, 'station'),
      '--cards',
      modules,
      '--code',
      String(code.facts['invitation']),
      '--certificate',
      registrar.iin,
      '--activation',
      await activationCode(registrar.iin),
    ];
    const imported = await good(['case', 'import', file, ...options], `${registrar.pin}\n${registrar.password}\n`);
    expect(imported.facts).toMatchObject({ submitted: cases.length, waiting: 0 });
  });

  it('lets a reviewer enrol, claim, decide and sign, and ends with a receipt', async () => {
    const code = await good(['server', 'enrol-code', '--directory', platform]);
    const { code: exit, facts } = await runDesk(
      {
        product,
        directory: join(directory, 'desk'),
        module: { path: store.modulePath, environment: { ...store.environment } },
        person: reviewer,
        invitation: String(code.facts['invitation']),
        activationCode: await activationCode(reviewer.iin),
        caseNumber: cases[0]?.number ?? '',
        exportTo: join(directory, 'proof'),
      },
      { user },
    );
    expect(facts.find(({ refused }) => refused !== undefined)).toBeUndefined();
    expect(exit).toBe(0);
    expect(facts.map(({ step }) => step)).toEqual([
      'enrolled',
      'shift-started',
      'claiming',
      'claimed',
      'approving',
      'approved',
      'proven',
      'exported',
      'ended',
    ]);
    expect(facts.find(({ step }) => step === 'shift-started')?.profile).toBe('production');
  });

  it('refuses envelopes of a demonstration, by profile, platform and log origin: the second and third mark', async () => {
    const tester = issuePerson({ ca, n: 77, name: 'Outside Tester', roles: ['registrar'] });
    const nowMs = Date.now();
    const record = {
      iin: tester.iin,
      roles: tester.roles,
      name: tester.name,
      certificates: [tester.certificateHash],
      validFromMs: nowMs - 1_000,
      validUntilMs: nowMs + 86_400_000,
      basis: 'Order 2',
    };
    await good(['server', 'add-staff', write('tester.json', JSON.stringify(record)), '--directory', platform]);
    const code = await good(['server', 'enrol-code', '--directory', platform]);
    const invitation = parseInvitation(String(code.facts['invitation']));
    if (!invitation.ok) throw new Error('the command line printed no invitation');
    const certificate = new X509Certificate(readFileSync(join(platform, 'keys', 'tls-certificate.pem'))).raw;
    const device = new TestWorkstation({ url: server.url, pin: { spki: invitation.value.spki, certificate } });
    expect((await device.enrol(invitation.value.code)).status).toBe(200);
    const form = testForm();
    const changes: readonly ((envelope: ActEnvelope) => ActEnvelope)[] = [
      (envelope) => ({ ...envelope, profile: 'demo' }),
      (envelope) => ({ ...envelope, log: `demo.${envelope.log}` }),
      (envelope) => ({ ...envelope, platform: 'demo-platform' as PlatformId }),
      (envelope) => envelope,
    ];
    const items = changes.map((change) =>
      device.act(
        tester,
        newCase({ ...form, number: testForm().number }),
        'registration.submit',
        { form: testForm() },
        { change },
      ),
    );
    expect(await device.outcomes(items)).toEqual([
      'refused:act-other-profile',
      'refused:act-other-platform',
      'refused:act-other-platform',
      'accepted',
    ]);
    device.client.close();
  });

  it('is stamped: neither its database nor a vault is ever opened under the other profile, the fourth mark', async () => {
    const demo = await good([
      'server',
      'init',
      '--directory',
      join(directory, 'demo-platform'),
      '--profile',
      'demo',
      '--operator-name',
      'Operator',
      '--url',
      'https://127.0.0.1:1',
    ]);
    const asProduction = await qorgan(['server', 'start', '--directory', join(directory, 'demo-platform')]);
    expect(asProduction.facts).toMatchObject({ reason: 'profile-differs' });
    const key = write('demo.vkey', `${String(demo.facts['logKey'])}\n`);
    const proof = join(directory, 'proof');
    const receipt = readdirSync(proof).find((file) => file.endsWith('.tlog-proof')) ?? '';
    const mixed = await qorgan(['receipt', 'verify', join(proof, receipt), '--log-key', key]);
    expect(mixed.code).toBe(1);
  });

  it('gives a receipt that a stranger checks offline, and nothing without the key of the log', async () => {
    const proof = join(directory, 'proof');
    const receipt = readdirSync(proof).find((file) => file.endsWith('.tlog-proof')) ?? '';
    const stem = join(proof, receipt.replace('.tlog-proof', ''));
    const words = [
      'receipt',
      'verify',
      `${stem}.tlog-proof`,
      '--act',
      `${stem}.act.json`,
      '--signature',
      `${stem}.p7s`,
    ];
    await server.stop();
    const known = await qorgan([...words, '--log-key', join(proof, 'log.vkey')]);
    const unknown = await qorgan(words);
    expect([known.code, unknown.code]).toEqual([0, 2]);
    expect(known.text).not.toContain('demo');
  });
});
