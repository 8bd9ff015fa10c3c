import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createServerLog,
  initPlatform,
  openAdministration,
  realSurroundings,
  startServer,
  type RunningServer,
} from '../../../server/boot/index.ts';
import { testForm } from './forms.ts';
import { issuePerson, testCa } from './people.ts';
import { addStaff, must } from './platform.ts';
import { enrolled, newCase, receiptOf, type ActOptions } from './workstation.ts';
import type { ActEnvelope } from '../../../core/signing/index.ts';

/** The production profile from first start to a receipt, and the four marks; run by somebody who is not root. Prints findings as JSON. */
const directory = mkdtempSync(join(tmpdir(), 'qorgan-production-'));
const surroundings = realSurroundings;
const findings: Record<string, unknown> = {};
const log = createServerLog(() => undefined);

function start(folder: string, profile: 'demo' | 'production') {
  return startServer({ directory: folder, profile, listen: { host: '127.0.0.1', port: 0 }, log, surroundings });
}

function codeOf(result: { readonly ok: boolean; readonly refusal?: { readonly code: string } }): string {
  return result.refusal?.code ?? 'ok';
}

async function tryMarks(server: RunningServer): Promise<void> {
  const ca = testCa(false);
  const demoCa = testCa(true);
  const { administration } = server;
  findings['demo anchor'] = codeOf(
    await administration.importAnchors({
      anchors: [demoCa.rootCertificate],
      intermediates: [demoCa.issuingCertificate],
    }),
  );
  must(await administration.importAnchors({ anchors: [ca.rootCertificate], intermediates: [ca.issuingCertificate] }));
  for (const list of ca.crls()) must(await administration.importCrl(list));
  const person = issuePerson({ ca, n: 1, name: 'Серікова Айгүл', roles: ['registrar'] });
  const demoPerson = issuePerson({ ca: demoCa, n: 1, name: 'Серікова Айгүл', roles: ['registrar'] });
  must(await addStaff(server, person));
  const workstation = await enrolled(server);
  const submit = (change?: (envelope: ActEnvelope) => unknown, signer = person) => {
    const view = newCase(testForm());
    const options: ActOptions = change === undefined ? {} : { change: (envelope) => change(envelope) as ActEnvelope };
    return workstation.act(signer, view, 'registration.submit', { form: view.form }, options);
  };
  const outcome = async (item: ReturnType<typeof submit>) => (await workstation.outcomes([item]))[0];
  findings['origin'] = workstation.bundle.log.origin;
  findings['demo envelope'] = await outcome(submit((envelope) => ({ ...envelope, profile: 'demo' })));
  findings['demo log'] = await outcome(submit((envelope) => ({ ...envelope, log: `demo.${envelope.log}` })));
  findings['other platform'] = await outcome(submit((envelope) => ({ ...envelope, platform: 'other' })));
  findings['demo certificate'] = await outcome(submit(undefined, demoPerson));
  const item = submit();
  findings['own act'] = await outcome(item);
  findings['receipt'] = (await receiptOf(workstation, item.actionId)).startsWith('c2sp.org/tlog-proof@v1');
  const second = await openAdministration({ directory, surroundings });
  findings['beside the server'] =
    second.ok && second.value.isServerRunning ? codeOf(await second.value.importCrl(ca.crl())) : 'not beside';
  if (second.ok) await second.value.close();
  findings['second server'] = codeOf(await start(directory, 'production'));
}

try {
  const options = { directory, operatorName: '«Қорған» АҚ', url: 'https://127.0.0.1:7443', surroundings };
  findings['init'] = codeOf(await initPlatform({ ...options, profile: 'production' }));
  findings['init again'] = codeOf(await initPlatform({ ...options, profile: 'production' }));
  findings['opened as demo'] = codeOf(await start(directory, 'demo'));
  const server = must(await start(directory, 'production'));
  await tryMarks(server);
  await server.close();
  const demo = join(directory, 'demo');
  must(await initPlatform({ ...options, directory: demo, profile: 'demo' }));
  findings['demo opened as production'] = codeOf(await start(demo, 'production'));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(findings)}\n`);
