import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseWitnessPolicy, verifyReceipt } from '../../core/log/index.ts';
import { sha256, verifyEd25519, verifyMlDsa44 } from '../../eds/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { createServerLog, realSurroundings, rotateLogKey, startServer } from '../../server/boot/index.ts';
import { initWitness, startWitness, type RunningWitness } from '../../server/witness/index.ts';
import { testForm } from './support/forms.ts';
import { must, startTestPlatform, testFolder, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, receiptOf } from './support/workstation.ts';

let platform: TestPlatform;
let witness: RunningWitness;
let policyText: string;
let witnessFolder: string;

const options = () => ({
  directory: platform.directory,
  profile: 'demo' as const,
  listen: { host: '127.0.0.1', port: 0 },
  log: createServerLog((line) => platform.lines.push(line)),
  surroundings: realSurroundings,
});

beforeAll(async () => {
  platform = await startTestPlatform();
  const logKey = (await enrolled(platform.server)).bundle.log.key;
  const folder = testFolder();
  witnessFolder = folder;
  const keys = must(initWitness(folder, 'bank.example/w'));
  writeFileSync(join(folder, 'logs'), `${logKey}\n`);
  const listen = { host: '127.0.0.1', port: 0 };
  witness = must(
    await startWitness({ folder, listen, nowMs: Date.now, onBug: (bug) => platform.lines.push(String(bug)) }),
  );
  const lines = keys.map((key, at) => `witness w${at} ${key} ${witness.url}`);
  policyText = [`log ${logKey}`, ...lines, 'group bank all w0 w1', 'quorum bank', ''].join('\n');
  await platform.server.close();
  platform.server = must(await startServer({ ...options(), witnessPolicy: policyText }));
});

afterAll(async () => {
  await platform.remove();
  await witness.close();
});

test('a receipt is signed by the log at once, and is externally witnessed when it is asked for again', async () => {
  const workstation = await enrolled(platform.server);
  expect(workstation.bundle.witnesses).toEqual({ threshold: 2, keys: witness.keys });
  const form = testForm();
  const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  const policy = must(parseWitnessPolicy(sha256, policyText));
  const levelOf = (proof: string): string => {
    const question = { proof, act: item.envelope, witnesses: policy };
    const verdict = verifyReceipt({ ...question, sha256, verifyEd25519, verifyMlDsa44 });
    return verdict.verdict === 'good' ? verdict.facts.level : verdict.reason;
  };
  let level = levelOf(await receiptOf(workstation, item.actionId));
  expect(['log', 'external']).toContain(level);
  for (let tries = 0; level !== 'external' && tries < 100; tries += 1) {
    await sleep(100);
    level = levelOf(await receiptOf(workstation, item.actionId));
  }
  expect(level).toBe('external');
  expect(platform.lines.filter((line) => line.includes('"trouble"'))).toEqual([]);
});

test('the witness follows a replaced key of the log by its proof, over its own restart too, and no other key', async () => {
  const old = platform.server;
  const before = await enrolled(old);
  await old.close();
  const place = { directory: platform.directory, surroundings: realSurroundings };
  const { key } = must(await rotateLogKey(place));
  const policyAfter = policyText.replace(before.bundle.log.key, key);
  platform.server = must(await startServer({ ...options(), witnessPolicy: policyAfter }));
  const policy = must(parseWitnessPolicy(sha256, policyAfter));
  const levelOf = async (form: ReturnType<typeof testForm>): Promise<string> => {
    const workstation = await enrolled(platform.server);
    const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
    expect(await workstation.outcomes([item])).toEqual(['accepted']);
    for (let tries = 0, level = ''; ; tries += 1) {
      const question = { proof: await receiptOf(workstation, item.actionId), witnesses: policy };
      const verdict = verifyReceipt({ ...question, sha256, verifyEd25519, verifyMlDsa44 });
      level = verdict.verdict === 'good' ? verdict.facts.level : verdict.reason;
      if (level === 'external' || tries === 100) return level;
      await sleep(100);
    }
  };
  expect(await levelOf(testForm(601))).toBe('external');
  expect(JSON.parse(readFileSync(join(witnessFolder, 'followed'), 'utf8'))).toHaveLength(1);
  const { port } = new URL(witness.url);
  await witness.close();
  const listen = { host: '127.0.0.1', port: Number(port) };
  witness = must(
    await startWitness({
      folder: witnessFolder,
      listen,
      nowMs: Date.now,
      onBug: (bug) => platform.lines.push(String(bug)),
    }),
  );
  expect(await levelOf(testForm(602))).toBe('external');
  const [rotation] = endpoints.logKeys.response.parse(
    (await (await enrolled(platform.server)).client.call({ method: 'GET', path: '/v1/log/keys' })).json,
  ).rotations;
  // What was followed is not followed twice, and what is not proven never.
  for (const body of [rotation, { ...rotation, proof: '' }, {}]) {
    const answer = await fetch(`${witness.url}/log-key`, { method: 'POST', body: JSON.stringify(body) });
    expect([400, 403]).toContain(answer.status);
  }
  policyText = policyAfter;
});

test('receipts come as before when the witness is down', async () => {
  await witness.close();
  const workstation = await enrolled(platform.server);
  const form = testForm(502);
  const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  const receipt = await receiptOf(workstation, item.actionId);
  const question = { proof: receipt, witnesses: must(parseWitnessPolicy(sha256, policyText)) };
  expect(verifyReceipt({ ...question, sha256, verifyEd25519, verifyMlDsa44 })).toMatchObject({
    verdict: 'good',
    facts: { level: 'log', cosigners: [] },
  });
});

test('a policy that cannot be asked keeps the server from starting', async () => {
  const refused = await startServer({ ...options(), witnessPolicy: 'quorum somebody\n' });
  expect(!refused.ok && refused.refusal.code).toBe('witness-policy-malformed');
});
