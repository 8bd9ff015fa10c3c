import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  realTimers,
  hostEnvironment,
  superviseHost,
  type HostLimits,
  type HostLogEntry,
  type SupervisedHost,
} from '../../main/hosts/index.ts';
import { echoHost } from './echo-contract.ts';

const open: SupervisedHost<typeof echoHost>[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

function start(options: { limits?: Partial<HostLimits>; failsToStart?: boolean; nodeFile?: string } = {}) {
  const entries: HostLogEntry[] = [];
  const host = superviseHost({
    contract: echoHost,
    nodeFile: options.nodeFile ?? process.execPath,
    file: resolve(import.meta.dirname, 'echo-host.ts'),
    environment: hostEnvironment({
      ...process.env,
      NODE_OPTIONS: '--no-such',
      QORGAN_SECRET: 'x',
      ELECTRON_RUN_AS_NODE: '1',
    }),
    configuration: () => ({ greeting: 'сәлем', failsToStart: options.failsToStart ?? false }),
    timers: realTimers,
    jitter: () => 0.5,
    newIncidentId: randomUUID,
    log: (entry) => entries.push(entry),
    limits: { restartDelayFirstMs: 10, restartDelayMaxMs: 50, ...options.limits },
  });
  open.push(host);
  return { host, entries };
}

describe('a supervised host', () => {
  test('answers calls that were made before it was ready', async () => {
    const { host } = start();
    expect(host.state).toBe('starting');
    expect(await host.call('greet', {})).toEqual({ ok: true, value: 'сәлем' });
    expect(host.state).toBe('ready');
  });

  test('receives bytes as a copy of their own, never the pool behind a Buffer, and inherits no foreign variables', async () => {
    const { host } = start();
    const result = await host.call('describe', { bytes: Buffer.from('1234') });
    expect(result).toMatchObject({ ok: true, value: { kind: 'Uint8Array', length: 4, poolLength: 4 } });
    if (!result.ok) throw new Error('unreachable');
    const foreign = result.value.environment.filter((name) => /NODE_OPTIONS|QORGAN|ELECTRON|VITEST|npm_/u.test(name));
    expect(foreign).toEqual([]);
  });

  test('gives bytes back whole, although both sides overwrite their copies', async () => {
    const { host } = start();
    const bytes = new Uint8Array(70_000).map((_, i) => i % 251);
    const result = await host.call('echo', { bytes });
    expect(result.ok && Buffer.compare(result.value.bytes, bytes)).toBe(0);
    expect(bytes[1]).toBe(1);
  });

  test('passes a declared refusal with its details', async () => {
    const { host } = start();
    expect(await host.call('refuseDeclared', {})).toEqual({
      ok: false,
      refusal: { code: 'card-absent', details: { slot: 1 } },
    });
  });

  test.each(['throwBug', 'refuseUndeclared'] as const)(
    'turns the bug of %s into a neutral refusal with an incident id',
    async (verb) => {
      const { host, entries } = start();
      const result = await host.call(verb, {});
      if (result.ok) throw new Error('answered');
      expect(result.refusal.code).toBe('internal');
      expect(Object.keys(result.refusal).sort()).toEqual(['code', 'incidentId']);
      expect(JSON.stringify(result)).not.toContain('/home');
      await expect.poll(() => JSON.stringify(entries)).toContain(result.refusal.incidentId);
      expect(await host.call('greet', {})).toMatchObject({ ok: true });
    },
  );

  test('refuses an input that does not match the schema and names the field only', async () => {
    const { host } = start();
    const result = await host.call('tick', { n: 'private text' as unknown as number });
    expect(result).toEqual({ ok: false, refusal: { code: 'input-malformed', details: { field: 'n' } } });
  });

  test('does not pass on an answer that breaks the contract', async () => {
    const { host } = start();
    expect(await host.call('answerWrongly', {})).toMatchObject({ ok: false, refusal: { code: 'internal' } });
  });

  test('is given a new life after an event that breaks the contract', async () => {
    const { host, entries } = start();
    await host.call('announceWrongly', {});
    await expect
      .poll(() => entries.some((entry) => entry.kind === 'killed' && entry.reason === 'malformed-message'))
      .toBe(true);
    expect(await host.call('greet', {})).toMatchObject({ ok: true });
  });

  test('tells the caller of a crash by name, restarts, and serves the calls that only waited', async () => {
    const { host } = start();
    await host.call('greet', {});
    const crashed = host.call('crash', {});
    const waiting = Promise.all(Array.from({ length: 10 }, () => host.call('greet', {})));
    expect(await crashed).toMatchObject({ ok: false, refusal: { code: 'card-module-crashed' } });
    const codes = (await waiting).map((result) => (result.ok ? 'ok' : result.refusal.code));
    expect(codes.slice(3)).toEqual(Array.from({ length: 7 }, () => 'ok'));
    expect(codes.slice(0, 3).filter((code) => code !== 'ok' && code !== 'host-restarted')).toEqual([]);
  });

  test('is killed when it hangs, and works again', async () => {
    const { host } = start();
    await host.call('greet', {});
    const pidBefore = host.pid;
    expect(await host.call('hang', {})).toMatchObject({ ok: false, refusal: { code: 'card-module-hung' } });
    expect(await host.call('greet', {})).toMatchObject({ ok: true });
    expect(host.pid).not.toBe(pidBefore);
  });

  test('is killed when it hangs in something that nobody asked it for, and not while it works long on a call', async () => {
    const { host, entries } = start({ limits: { pulseEveryMs: 50, pulseMaxMs: 250 } });
    expect(await host.call('wait', { ms: 1_000 })).toMatchObject({ ok: true });
    await new Promise((done) => setTimeout(done, 600));
    const kills = () => entries.filter(({ kind }) => kind === 'killed');
    expect(kills()).toEqual([]);
    expect(await host.call('hangAfterwards', {})).toMatchObject({ ok: true });
    await expect.poll(kills, { timeout: 5_000 }).toMatchObject([{ reason: 'late-pulse' }]);
    expect(await host.call('greet', {})).toMatchObject({ ok: true });
  });

  test('refuses what it held when somebody kills it, and is restarted', async () => {
    const { host } = start();
    await host.call('greet', {});
    const held = host.call('wait', { ms: 60_000 });
    if (host.pid === undefined) throw new Error('not running');
    process.kill(host.pid, 'SIGKILL');
    expect(await held).toEqual({ ok: false, refusal: { code: 'host-restarted' } });
    expect(await host.call('greet', {})).toMatchObject({ ok: true });
  });

  test('refuses calls beyond its queue at once', async () => {
    const { host } = start({ limits: { queueMaxCount: 2 } });
    const results = await Promise.all([1, 2, 3].map(() => host.call('greet', {})));
    expect(results.map((result) => (result.ok ? 'ok' : result.refusal.code))).toEqual(['ok', 'ok', 'host-busy']);
  });

  test('keeps trying when it cannot start, and refuses what waited too long', async () => {
    const { host, entries } = start({ failsToStart: true, limits: { queueWaitMaxMs: 600 } });
    expect(await host.call('greet', {})).toEqual({ ok: false, refusal: { code: 'host-unavailable' } });
    await expect.poll(() => entries.filter((entry) => entry.kind === 'started').length).toBeGreaterThan(1);
  });

  test('says so when its Node does not exist', async () => {
    const { host, entries } = start({ nodeFile: '/no/such/node', limits: { queueWaitMaxMs: 200 } });
    expect(await host.call('greet', {})).toMatchObject({ refusal: { code: 'host-unavailable' } });
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'exited', reason: 'not started: ENOENT' }));
  });

  test('announces events to those who listen, until they stop', async () => {
    const { host } = start();
    const heard: number[] = [];
    const stop = host.on('ticked', ({ n }) => heard.push(n));
    await host.call('tick', { n: 1 });
    await host.call('tick', { n: 2 });
    stop();
    await host.call('tick', { n: 3 });
    expect(heard).toEqual([1, 2]);
  });

  test('refuses calls after it was closed, and its process is gone', async () => {
    const { host } = start();
    await host.call('greet', {});
    const pid = host.pid ?? 0;
    await host.close();
    expect(host.state).toBe('closed');
    expect(await host.call('greet', {})).toEqual({ ok: false, refusal: { code: 'host-unavailable' } });
    expect(() => process.kill(pid, 0)).toThrow();
  });
});
