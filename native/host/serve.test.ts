import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { bytesUpTo, defineHost, defineVerbs } from '../../contracts/rpc/index.ts';
import { ok } from '../../core/kernel/index.ts';
import { serveHost, type HostPort } from './index.ts';

const contract = defineHost({
  name: 'test-host',
  configuration: z.strictObject({}),
  inFlightMax: 1,
  verbs: defineVerbs({
    take: { input: z.strictObject({ pin: bytesUpTo(8) }), output: z.string(), timeoutMs: 1, refusals: [] },
    wait: { input: z.strictObject({}), output: z.null(), timeoutMs: 1, refusals: [] },
  }),
  events: {},
});

/** A host whose channel is in the hands of the test. */
function serve() {
  const sent: unknown[] = [];
  const exits: number[] = [];
  const lines: string[] = [];
  const taken: Uint8Array[] = [];
  let deliver: (message: unknown) => void = () => undefined;
  let disconnect: () => void = () => undefined;
  const port: HostPort = {
    send: (message) => void sent.push(message),
    onMessage: (listener) => void (deliver = listener),
    onDisconnect: (listener) => void (disconnect = listener),
  };
  serveHost({
    contract,
    port,
    newIncidentId: () => 'incident-1',
    log: (line) => lines.push(line),
    exit: (code) => exits.push(code),
    start: () => ({
      take({ pin }) {
        taken.push(pin);
        return ok(new TextDecoder().decode(pin));
      },
      wait: () => new Promise(() => undefined),
    }),
  });
  const call = (id: number, verb: string, input: unknown): void => deliver({ kind: 'call', id, verb, input });
  return {
    sent,
    exits,
    lines,
    taken,
    deliver: (message: unknown) => deliver(message),
    disconnect: () => disconnect(),
    call,
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function configured() {
  const host = serve();
  host.deliver({ kind: 'configure', configuration: {} });
  await turn();
  expect(host.sent.shift()).toEqual({ kind: 'ready' });
  return host;
}

describe('the door of a host', () => {
  test('overwrites a PIN once it is answered: in the message, and in the copy that the handler saw', async () => {
    const host = await configured();
    const inTransport = new TextEncoder().encode('1234');
    host.call(1, 'take', { pin: inTransport });
    await turn();
    expect(host.sent).toEqual([{ kind: 'answer', id: 1, value: '1234' }]);
    expect([...inTransport]).toEqual([0, 0, 0, 0]);
    expect([...(host.taken[0] ?? [])]).toEqual([0, 0, 0, 0]);
    expect(host.taken[0]).not.toBe(inTransport);
  });

  test('overwrites a PIN that it refuses', async () => {
    const host = await configured();
    const tooLong = new TextEncoder().encode('123456789');
    host.call(1, 'take', { pin: tooLong });
    await turn();
    expect(host.sent).toMatchObject([
      { kind: 'refusal', refusal: { code: 'input-malformed', details: { field: 'pin' } } },
    ]);
    expect(new Set(tooLong)).toEqual(new Set([0]));
  });

  test('holds no more calls than its contract says', async () => {
    const host = await configured();
    host.call(1, 'wait', {});
    host.call(2, 'wait', {});
    await turn();
    expect(host.sent).toEqual([{ kind: 'refusal', id: 2, refusal: { code: 'host-busy' } }]);
  });

  test('answers `internal` to a verb that it does not have, and to one of an object’s own making', async () => {
    const host = await configured();
    for (const verb of ['nothing', 'constructor', '__proto__']) {
      host.call(1, verb, {});
      await turn();
      expect(host.sent.pop()).toMatchObject({ refusal: { code: 'internal', incidentId: 'incident-1' } });
    }
    expect(host.lines).toHaveLength(3);
  });

  test('leaves when main is gone, and when a message is not of this contract', async () => {
    const host = await configured();
    host.disconnect();
    host.deliver({ kind: 'something-else' });
    host.deliver({ kind: 'configure', configuration: {} });
    await turn();
    expect(host.exits).toEqual([0, 1, 1]);
  });

  test('leaves when its configuration does not parse', async () => {
    const host = serve();
    host.deliver({ kind: 'configure', configuration: { unknown: true } });
    await turn();
    expect(host.exits).toEqual([1]);
    expect(host.sent).toEqual([]);
  });
});
