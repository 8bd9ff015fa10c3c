import { startChild, type ChildServer } from '../server/support/child.ts';
import { startTestPlatform } from '../server/support/platform.ts';
import { openConnection, type Connection } from './load/connection.ts';
import { descendantsTimeMs, processorTimeMs } from './load/processor-time.ts';
import { prepareStations, sendActs, type SendOptions, type Station } from './load/stations.ts';
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

type Bench = {
  readonly child: ChildServer;
  readonly stations: readonly Station[];
  readonly connections: readonly Connection[];
};

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

async function load({ child, stations, connections: opened }: Bench, options: SendOptions): Promise<Load> {
  const send = sendActs(stations, opened, options);
  const before = costsNow(child);
  const { acts: actsSent, seconds, waitsMs, check } = await send();
  const costsUs = costsAnAct(before, costsNow(child), actsSent);
  check();
  return { perSecond: actsSent / seconds, p99Ms: waitsMs[Math.floor(waitsMs.length * 0.99)] ?? 0, costsUs };
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
  const actsEach = Object.values(acts).reduce((sum, count) => sum + count, 0);
  const stations = await prepareStations(platform.server, platform.registrar, { count: connections, actsEach });
  await platform.server.close();
  const child = await startChild(platform.directory);
  try {
    return await measureOn(child, stations);
  } finally {
    await child.stop();
    await platform.remove();
  }
}
