import { hrtime } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { endpoints, type ActItem } from '../../../contracts/http/index.ts';
import type { RunningServer } from '../../../server/boot/index.ts';
import { testForm } from '../../server/support/forms.ts';
import type { TestPerson } from '../../server/support/people.ts';
import { enrolled, newCase, type Workstation } from '../../server/support/workstation.ts';
import type { Connection, RawAnswer } from './connection.ts';
import { actsRequest } from './requests.ts';

/** A device and the signed acts that it has not sent yet. */
export type Station = { readonly workstation: Workstation; readonly items: ActItem[] };

/** Enrols stations and signs all acts beforehand: what is measured is the server. */
export async function prepareStations(
  server: RunningServer,
  registrar: TestPerson,
  { count, actsEach }: { readonly count: number; readonly actsEach: number },
): Promise<readonly Station[]> {
  const stations: Station[] = [];
  for (let i = 0; i < count; i += 1) {
    const workstation = await enrolled(server);
    const items = Array.from({ length: actsEach }, () => {
      const form = testForm();
      return workstation.act(registrar, newCase(form), 'registration.submit', { form });
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

export type SendOptions = {
  readonly actsEach: number;
  readonly actsARequest: number;
  /** Acts a second of all together; as fast as they are answered where absent. */
  readonly perSecond?: number;
};

export type Sent = {
  readonly acts: number;
  readonly seconds: number;
  /** Of each request, from when it was due to its answer; in order of length. */
  readonly waitsMs: readonly number[];
  /** What must be true of the answers is looked at when nothing is measured any longer; throws. */
  readonly check: () => void;
};

/** All stations send one request after the other; with `perSecond` none sends before its time, and waits count from there. */
export function sendActs(
  stations: readonly Station[],
  connections: readonly Connection[],
  { actsEach, actsARequest, perSecond }: SendOptions,
): () => Promise<Sent> {
  const requests = stations.map(({ workstation, items }) => {
    const own: Buffer[] = [];
    for (let done = 0; done < actsEach; done += actsARequest)
      own.push(actsRequest(workstation, items.splice(0, actsARequest)));
    return own;
  });
  const intervalMs = perSecond === undefined ? 0 : (stations.length * actsARequest * 1_000) / perSecond;
  return async () => {
    const waitsMs: number[] = [];
    const answers: RawAnswer[] = [];
    const startedAt = hrtime.bigint();
    const sinceStartMs = (): number => Number(hrtime.bigint() - startedAt) / 1e6;
    await Promise.all(
      requests.map(async (own, station) => {
        for (const [n, request] of own.entries()) {
          const dueMs = intervalMs === 0 ? sinceStartMs() : intervalMs * (n + station / requests.length);
          const earlyMs = dueMs - sinceStartMs();
          if (earlyMs > 1) await sleep(earlyMs);
          answers.push(await (connections[station] as Connection).send(request));
          waitsMs.push(sinceStartMs() - dueMs);
        }
      }),
    );
    const seconds = sinceStartMs() / 1_000;
    waitsMs.sort((a, b) => a - b);
    return { acts: stations.length * actsEach, seconds, waitsMs, check: () => checkAnswers(answers, actsARequest) };
  };
}
