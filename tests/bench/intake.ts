import { hrtime } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { endpoints, type ActItem } from '../../contracts/http/index.ts';
import { startChild, type ChildServer } from '../server/support/child.ts';
import { testForm } from '../server/support/forms.ts';
import { startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, type Workstation } from '../server/support/workstation.ts';
import { openConnection, type Connection, type RawAnswer } from './load/connection.ts';
import { descendantsTimeMs, processorTimeMs } from './load/processor-time.ts';
import { actsRequest } from './load/requests.ts';
import type { Measure } from './run.ts';

const connections = 64;
/** What the platform promises on two cores, the load generator among what runs on them. */
const goalPerSecond = 2_000;
const goalP99Ms = 250;
/** Share of the measured rate at which the wait is taken that a server below its limit gives. */
const pacedShare = 0.8;
/** Acts of each station: enough before the first measure that the code has been compiled. */
const acts = { warmUp: 64, single: 96, paced: 40, batched: 96, batchedPaced: 64 };
/** What an outbox sends that has fallen behind a little. More would wait for each other: 64 requests are under way at once. */
const actsInABatch = 4;

type Station = { readonly workstation: Workstation; readonly items: ActItem[] };
type Client = { readonly connection: Connection; readonly requests: readonly Buffer[] };
type Bench = {
  readonly child: ChildServer;
  readonly stations: readonly Station[];
  readonly connections: readonly Connection[];
};

/** Signs all acts beforehand: what is measured is the server. */
async function prepare(platform: TestPlatform): Promise<readonly Station[]> {
  const actsEach = Object.values(acts).reduce((sum, count) => sum + count, 0);
  const stations: Station[] = [];
  for (let i = 0; i < connections; i += 1) {
    const workstation = await enrolled(platform.server);
    const items = Array.from({ length: actsEach }, () => {
      const form = testForm();
      return workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
    });
    stations.push({ workstation, items });
  }
  return stations;
}

/** Every act must have been accepted: a refusal costs less than what is measured here. */
function checkAnswers(answers: readonly RawAnswer[], actsARequest: number): void {
  for (const { status, body } of answers) {
    const text = body.toString();
    if (status !== 200) throw new Error(`bench: ${text}`);
    const { results } = endpoints.acts.response.parse(JSON.parse(text));
    const accepted = results.filter(
      (result) => 'promise' in result && result.promise.document.includes('"outcome":"accepted"'),
    );
    if (accepted.length !== actsARequest) throw new Error(`bench: ${text}`);
  }
}

/** Processor time since the start of each process, in milliseconds. */
type Costs = { readonly server: number; readonly database: number; readonly generator: number };

function costsNow({ pid }: ChildServer): Costs {
  return {
    server: processorTimeMs(pid),
    database: descendantsTimeMs(pid),
    generator: processorTimeMs(process.pid),
  };
}

type Load = {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** Microseconds an act. */
  readonly costsUs: Costs;
};

function costsAnAct(before: Costs, after: Costs, actsSent: number): Costs {
  const share = (of: keyof Costs): number => ((after[of] - before[of]) * 1_000) / actsSent;
  return { server: share('server'), database: share('database'), generator: share('generator') };
}

/** All stations send one request after the other; with `perSecond` none sends before its time, and waits count from there. */
async function load(
  { child, stations, connections: opened }: Bench,
  options: { readonly actsEach: number; readonly actsARequest: number; readonly perSecond?: number },
): Promise<Load> {
  const { actsEach, actsARequest, perSecond } = options;
  const prepared = stations.map(({ workstation, items }, i): Client => {
    const requests: Buffer[] = [];
    for (let done = 0; done < actsEach; done += actsARequest)
      requests.push(actsRequest(workstation, items.splice(0, actsARequest)));
    return { connection: opened[i] as Connection, requests };
  });
  const times: number[] = [];
  const answers: RawAnswer[] = [];
  const intervalMs = perSecond === undefined ? 0 : (stations.length * actsARequest * 1_000) / perSecond;
  const before = costsNow(child);
  const startedAt = hrtime.bigint();
  const sinceStartMs = (): number => Number(hrtime.bigint() - startedAt) / 1e6;
  await Promise.all(
    prepared.map(async ({ connection, requests }, station) => {
      for (const [n, request] of requests.entries()) {
        const dueMs = intervalMs === 0 ? sinceStartMs() : intervalMs * (n + station / prepared.length);
        const earlyMs = dueMs - sinceStartMs();
        if (earlyMs > 1) await sleep(earlyMs);
        answers.push(await connection.send(request));
        times.push(sinceStartMs() - dueMs);
      }
    }),
  );
  const seconds = sinceStartMs() / 1_000;
  const actsSent = stations.length * actsEach;
  const costsUs = costsAnAct(before, costsNow(child), actsSent);
  checkAnswers(answers, actsARequest);
  times.sort((a, b) => a - b);
  return { perSecond: actsSent / seconds, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0, costsUs };
}

const rate = (name: string, value: number): Measure => ({
  name: `intake, ${name}`,
  value,
  unit: 'acts/s',
  baseline: goalPerSecond,
  ratio: value / goalPerSecond,
});
const wait = (name: string, value: number): Measure => ({
  name: `intake, ${name}, p99`,
  value,
  unit: 'ms',
  baseline: goalP99Ms,
  ratio: value / goalP99Ms,
});
/** Two cores have a second each, whoever else uses them: this number does not depend on the load of the machine. */
const budgetUs = 2_000_000 / goalPerSecond;
const cost = (name: string, value: number): Measure => ({
  name: `intake, processor time an act, ${name}`,
  value,
  unit: 'µs',
  baseline: budgetUs,
  ratio: value / budgetUs,
});

async function measureOn(child: ChildServer, stations: readonly Station[]): Promise<readonly Measure[]> {
  const bench = { child, stations, connections: await Promise.all(stations.map(() => openConnection(child))) };
  await load(bench, { actsEach: acts.warmUp, actsARequest: 1 });
  const single = await load(bench, { actsEach: acts.single, actsARequest: 1 });
  const perSecond = single.perSecond * pacedShare;
  const paced = await load(bench, { actsEach: acts.paced, actsARequest: 1, perSecond });
  const batches = { actsARequest: actsInABatch };
  const batched = await load(bench, { actsEach: acts.batched, ...batches });
  const batchesPerSecond = batched.perSecond * pacedShare;
  const batchedPaced = await load(bench, { actsEach: acts.batchedPaced, ...batches, perSecond: batchesPerSecond });
  for (const connection of bench.connections) connection.close();
  return [
    rate('one act a request', single.perSecond),
    wait('one act a request', single.p99Ms),
    wait('one act a request at four fifths of that rate', paced.p99Ms),
    rate('four acts a request', batched.perSecond),
    wait('four acts a request', batched.p99Ms),
    wait('four acts a request at four fifths of that rate', batchedPaced.p99Ms),
    cost('server', single.costsUs.server),
    cost('database', single.costsUs.database),
    cost('load generator', single.costsUs.generator),
    cost('server, four acts a request', batched.costsUs.server),
    cost('database, four acts a request', batched.costsUs.database),
    cost('load generator, four acts a request', batched.costsUs.generator),
  ];
}

/**
 * Durable signed acts a second through 64 TLS connections of 64 devices: request signature, CAdES-BES with chain and
 * revocation, decision, one flushed commit, signed promise. Acts are signed beforehand; requests shortly before each load.
 */
export async function measure(): Promise<readonly Measure[]> {
  const platform = await startTestPlatform();
  const stations = await prepare(platform);
  await platform.server.close();
  const child = await startChild(platform.directory);
  try {
    return await measureOn(child, stations);
  } finally {
    await child.stop();
    await platform.remove();
  }
}
