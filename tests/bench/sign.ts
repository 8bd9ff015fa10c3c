import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCardHost } from '../../cli/cards/index.ts';
import { certificateOf, member, must, openWorkstation, playedPrompt, until } from '../../dev/demo/index.ts';
import type { PromptPort } from '../../main/engine/index.ts';
import { makeRemoteWorld, submitCases, type RemoteWorld } from '../journeys/support/remote-world.ts';
import type { Measure } from './run.ts';

const sampleCount = 60;
const caseCount = 10;
/** What the product may add to the token's own time. */
const allowanceMs = 15;
const reviewer = member('reviewer');

type Token = { sign(): Promise<number>; close(): Promise<void> };

/** The token alone, through the same host: log in, sign, log out. */
async function openToken(world: RemoteWorld): Promise<Token> {
  const host = openCardHost([{ id: 'softhsm', path: world.store.modulePath, environment: world.store.environment }]);
  const { tokens } = must(await host.call('tokens.list', {}));
  const reference = tokens.find(({ label }) => label === reviewer.tokenLabel)?.reference;
  if (reference === undefined) throw new Error('the card is not in');
  return {
    async sign() {
      const pin = new TextEncoder().encode(reviewer.pin);
      const startedAtMs = performance.now();
      must(
        await host.call('sign', {
          token: reference,
          keyId: '01',
          mechanism: 'rsa-pkcs1-sha256',
          data: new Uint8Array(320),
          pin,
        }),
      );
      return performance.now() - startedAtMs;
    },
    close: () => host.close(),
  };
}

function percentile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;
}

/** A prompt that takes the time from the answer of the person to the answer of the engine. */
function timedPrompt(samples: number[]): PromptPort {
  const played = playedPrompt(reviewer);
  return {
    ask: (question) =>
      played.ask({
        view: question.view,
        attempt: async (answer) => {
          const startedAtMs = performance.now();
          const result = await question.attempt(answer);
          samples.push(performance.now() - startedAtMs);
          return result;
        },
      }),
  };
}

async function sample(
  world: RemoteWorld,
  directory: string,
): Promise<{ readonly whole: number[]; readonly token: number[] }> {
  const times: number[] = [];
  const desk = openWorkstation({ directory: join(directory, 'desk'), store: world.store, prompt: timedPrompt(times) });
  const token = await openToken(world);
  const certificateId = await certificateOf(desk, reviewer);
  must(await desk.enrol({ code: await world.invitation(), name: 'Desk', certificateId }));
  must(await desk.startShift(certificateId));
  const list = { view: 'all', statuses: [], query: '', sort: 'number', offset: 0, limit: caseCount } as const;
  await until(async () => must(await desk.listCases({ ...list, statuses: [] })).total === caseCount);
  const ids = must(await desk.listCases({ ...list, statuses: [] })).items.map(({ id }) => id);
  times.length = 0;
  const alone: number[] = [];
  for (let i = 0; i < sampleCount; i += 1) {
    const type = Math.floor(i / caseCount) % 2 === 0 ? 'registration.claim' : 'registration.release';
    // A person reads before he signs: the act before has come to rest by then.
    await until(() => desk.app().status.outbox.waiting === 0);
    must(await desk.sign({ type, caseId: ids[i % caseCount] ?? '' }));
    await until(() => desk.app().status.outbox.waiting === 0);
    alone.push(await token.sign());
  }
  await token.close();
  await desk.close();
  return { whole: times, token: alone };
}

/** From the PIN, with the log-in to the token inside, to "recorded here", against the token's own time and the allowance; p95 of both. */
export async function measure(): Promise<readonly Measure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-bench-'));
  chmodSync(directory, 0o711);
  const world = await makeRemoteWorld(directory);
  try {
    await submitCases(world, join(directory, 'station'), caseCount);
    const { whole, token } = await sample(world, directory);
    const value = percentile95(whole);
    const baseline = percentile95(token) + allowanceMs;
    return [{ name: 'PIN to recorded here, p95', value, unit: 'ms', baseline, ratio: value / baseline }];
  } finally {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
