import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { verifyReceipt } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../../server/keys/index.ts';
import { debianPostgres, startExternalDatabase, type ExternalDatabase } from './support/debian-postgres.ts';
import { testForm } from './support/forms.ts';
import { startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf } from './support/workstation.ts';

/** The address of the app role's sessions, as the server itself uses it. */
function appClient(platform: TestPlatform): pg.Client {
  const folder = join(platform.directory, 'database');
  const app = JSON.parse(readFileSync(join(folder, 'app-role.json'), 'utf8')) as { role: string; password: string };
  if (platform.databaseUrl !== undefined) {
    const url = new URL(platform.databaseUrl);
    url.username = app.role;
    url.password = app.password;
    return new pg.Client({ connectionString: url.href });
  }
  const host = readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
  return new pg.Client({ host, user: app.role, password: app.password, database: 'postgres' });
}

async function refusedState(client: pg.Client, statement: string): Promise<string> {
  return client.query(statement).then(
    () => 'allowed',
    (error: { readonly code: string }) => error.code,
  );
}

const binFolder = debianPostgres();
const profiles = ['embedded', 'external'] as const;

describe.each(profiles)('the platform on a database of the profile %s', (profile) => {
  const isAbsent = profile === 'external' && binFolder === undefined;
  if (isAbsent)
    process.stdout.write('SKIPPED: the package postgresql is not installed, the external profile is not tested\n');
  let external: ExternalDatabase | undefined;
  let platform: TestPlatform;

  beforeAll(async () => {
    if (isAbsent) return;
    external = profile === 'external' && binFolder !== undefined ? await startExternalDatabase(binFolder) : undefined;
    platform = await startTestPlatform(external?.url);
  });

  afterAll(async () => {
    if (isAbsent) return;
    await platform.remove();
    await external?.stop();
  });

  test.skipIf(isAbsent)('takes acts, gives receipts and tells changes, before and after a restart', async () => {
    const workstation = await enrolled(platform.server);
    const form = testForm();
    const view = newCase(form);
    const submit = workstation.act(platform.registrar, view, 'registration.submit', { form });
    workstation.accepted(view, submit);
    expect(await workstation.outcomes([submit])).toEqual(['accepted']);
    const receipt = await receiptOf(workstation, submit.actionId);
    await platform.restart();
    workstation.reconnect(platform.server);
    const claim = workstation.act(platform.reviewer, view, 'registration.claim', {});
    expect(await workstation.outcomes([submit, claim])).toEqual(['accepted', 'accepted']);
    const question = {
      proof: receipt,
      logKey: workstation.bundle.log.key,
      act: submit.envelope,
      sha256,
      verifyEd25519,
    };
    expect(verifyReceipt(question).verdict).toBe('good');
    const { token } = endpoints.signIn.response.parse((await workstation.signIn(platform.reviewer)).json);
    const answer = await workstation.client.call({ method: 'GET', path: '/v1/changes?after=0&limit=1', token });
    expect(endpoints.changes.response.parse(answer.json)).toMatchObject({
      position: 1,
      latest: 2,
      changes: [{ revision: 1 }],
    });
  });

  test.skipIf(isAbsent)('lets the server itself neither change nor delete what happened', async () => {
    const client = appClient(platform);
    await client.connect();
    const statements = [
      "update act set outcome = 'accepted'",
      'delete from leaf',
      'truncate leaf_position',
      "update change set sealed = ''",
      'delete from document',
      'drop table act',
      'alter table act disable trigger all',
      'create table mine (x int)',
    ];
    const states = [];
    for (const statement of statements) states.push(await refusedState(client, statement));
    expect(await refusedState(client, 'select count(*) from act')).toBe('allowed');
    await client.end();
    expect(states).toEqual(statements.map(() => '42501'));
  });

  test.skipIf(profile !== 'external' || isAbsent)('shows no person to whoever steals a dump', async () => {
    const workstation = await enrolled(platform.server);
    const form = testForm(77);
    await workstation.outcomes([workstation.act(platform.registrar, newCase(form), 'registration.submit', { form })]);
    const dump = external?.dump() ?? '';
    expect(dump).toContain(workstation.device);
    const { registrar } = platform;
    const markers = [
      form.person.iin,
      form.person.surname,
      form.contact.phone,
      form.bankAccount.iban,
      registrar.iin,
      registrar.name,
    ];
    const hidden = markers.map((marker) => Buffer.from(marker).toString('hex'));
    for (const marker of [
      ...markers,
      ...hidden,
      ...markers.map((text) => Buffer.from(text).toString('base64').slice(0, -4)),
    ]) {
      expect(dump).not.toContain(marker);
    }
    // The check can see: what is not personal stands in the dump in the clear.
    expect(dump).toContain(form.number);
  });
});
