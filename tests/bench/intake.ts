import { hrtime } from 'node:process';
import { startChild } from '../server/support/child.ts';
import { testForm } from '../server/support/forms.ts';
import { startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, resultsOf, type Workstation } from '../server/support/workstation.ts';
import type { ActItem } from '../../contracts/http/index.ts';
import type { Measure } from './run.ts';

const connections = 64;
/** What the issue asks of two cores, the load generator among what runs on them. */
const goalPerSecond = 2_000;
const goalP99Ms = 250;
const warmUpActs = 8;

type Station = { readonly workstation: Workstation; readonly items: ActItem[] };

/** Signs all acts beforehand: what is measured is the server. */
async function prepare(platform: TestPlatform, actsEach: number): Promise<readonly Station[]> {
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

async function send({ workstation, items }: Station, count: number): Promise<number> {
  const batch = items.splice(0, count);
  const startedAt = hrtime.bigint();
  const answer = await workstation.send(batch);
  const tookMs = Number(hrtime.bigint() - startedAt) / 1e6;
  if (answer.status !== 200) throw new Error(`bench: ${answer.text}`);
  for (const result of resultsOf(answer)) {
    if (!('promise' in result) || !result.promise.document.includes('"outcome":"accepted"'))
      throw new Error(`bench: ${JSON.stringify(result)}`);
  }
  return tookMs;
}

async function load(
  stations: readonly Station[],
  options: { readonly actsEach: number; readonly actsARequest: number },
): Promise<{ readonly perSecond: number; readonly p99Ms: number }> {
  const { actsEach, actsARequest } = options;
  const times: number[] = [];
  const startedAt = hrtime.bigint();
  await Promise.all(
    stations.map(async (station) => {
      for (let done = 0; done < actsEach; done += actsARequest)
        times.push(await send(station, Math.min(actsARequest, actsEach - done)));
    }),
  );
  const seconds = Number(hrtime.bigint() - startedAt) / 1e9;
  times.sort((a, b) => a - b);
  return { perSecond: (stations.length * actsEach) / seconds, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0 };
}

/**
 * Durable signed acts a second through 64 TLS connections of 64 devices: request signature, CAdES-BES with chain and
 * revocation, decision, one flushed commit, signed promise. Once with one act a request, once with outbox batches.
 */
export async function measure(): Promise<readonly Measure[]> {
  const platform = await startTestPlatform();
  const singles = 40;
  const batched = 96;
  const stations = await prepare(platform, warmUpActs + singles + batched);
  await platform.server.close();
  // The processor time of a start, which is no part of an act.
  const idle = await startChild(platform.directory);
  const startCpuMs = await idle.stop();
  const child = await startChild(platform.directory);
  try {
    for (const { workstation } of stations) workstation.reconnect(child);
    await load(stations, { actsEach: warmUpActs, actsARequest: 1 });
    const single = await load(stations, { actsEach: singles, actsARequest: 1 });
    const batch = await load(stations, { actsEach: batched, actsARequest: 8 });
    const rate = (name: string, value: number): Measure => ({
      name,
      value,
      unit: 'acts/s',
      baseline: goalPerSecond,
      ratio: value / goalPerSecond,
    });
    const wait = (name: string, value: number): Measure => ({
      name,
      value,
      unit: 'ms',
      baseline: goalP99Ms,
      ratio: value / goalP99Ms,
    });
    const cpuMs = (await child.stop()) - startCpuMs;
    const acts = connections * (warmUpActs + singles + batched);
    return [
      // On a machine that others use too, this is what two quiet cores would give to it.
      rate('intake, acts a second of server processor time', (acts / cpuMs) * 1_000),
      rate('intake, one act a request', single.perSecond),
      wait('intake, one act a request, p99', single.p99Ms),
      rate('intake, eight acts a request', batch.perSecond),
      wait('intake, eight acts a request, p99', batch.p99Ms),
    ];
  } finally {
    await child.stop();
  }
}
