import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { deviceHost } from '../../contracts/device-host/index.ts';
import type { HostContract } from '../../contracts/rpc/index.ts';
import { vaultHost, type VaultVerb } from '../../contracts/vault-host/index.ts';
import { smartcardHandlers } from '../../native/device-host/smartcard/handlers.ts';
import { serveHost } from '../../native/host/index.ts';
import { localVault, vaultHandlers } from '../../native/vault-host/index.ts';

type Handlers = Readonly<Record<string, (input: unknown) => unknown>>;

const directory = mkdtempSync(join(tmpdir(), 'qorgan-doors-'));
const closedVault = localVault({ directory: join(directory, 'vault') });
const hosts: readonly (readonly [string, HostContract, Handlers])[] = [
  ['vault-host', vaultHost, vaultHandlers(closedVault) as unknown as Handlers],
  ['device-host', deviceHost as unknown as HostContract, smartcardHandlers([]) as unknown as Handlers],
];

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a vault answers before anybody opened it: what a person needs to open it, or to make one. */
const verbsOfClosedVault: readonly VaultVerb[] = [
  'vault.status',
  'vault.create',
  'vault.slotChallenge',
  'vault.open',
  'vault.close',
];

type Answered = { readonly kind: string; readonly id?: number; readonly refusal?: { readonly code: string } };

/** A host over these handlers; answers what it sends back to one call. */
function hostOf(contract: HostContract, handlers: Handlers) {
  const lines: string[] = [];
  let told: (message: Answered) => void = () => undefined;
  let say: (message: unknown) => void = () => undefined;
  serveHost({
    contract,
    port: {
      send: (message) => told(message as Answered),
      onMessage: (listener) => void (say = listener),
      onDisconnect: () => undefined,
    },
    start: () => handlers as never,
    newIncidentId: () => 'incident',
    log: (line) => lines.push(line),
    exit: (code) => told({ kind: `exit ${code}` }),
  });
  const ask = (message: unknown): Promise<Answered> =>
    new Promise((resolve) => {
      told = resolve;
      say(message);
    });
  return { ask, lines };
}

describe.each(hosts)('%s', (name, contract, handlers) => {
  const configuration =
    name === 'vault-host' ? { directory } : { modules: [], pollEveryMs: 1_000, mayWaitForSlots: false };

  test('answers exactly the verbs of its contract', () => {
    expect(Object.keys(handlers).toSorted()).toEqual(Object.keys(contract.verbs).toSorted());
  });

  test('answers no other verb, even where a handler lies there or the language has one', async () => {
    const { ask } = hostOf(contract, { ...handlers, 'vault.exportKey': () => ({ ok: true, value: 'the key' }) });
    expect((await ask({ kind: 'configure', configuration })).kind).toBe('ready');
    const names = ['vault.exportKey', 'constructor', '__proto__', 'toString', 'hasOwnProperty', ''];
    for (const [id, verb] of names.entries())
      expect(await ask({ kind: 'call', id, verb, input: null })).toMatchObject({
        kind: 'refusal',
        refusal: { code: 'internal' },
      });
  });

  test('answers nothing before it was configured', async () => {
    const { ask } = hostOf(contract, handlers);
    const [verb = ''] = Object.keys(contract.verbs);
    expect(await ask({ kind: 'call', id: 1, verb, input: null })).toMatchObject({ refusal: { code: 'internal' } });
  });
});

describe('a vault that nobody opened', () => {
  const handlers = vaultHandlers(closedVault) as unknown as Handlers;
  const closed = Object.keys(vaultHost.verbs).filter(
    (verb) => !(verbsOfClosedVault as readonly string[]).includes(verb),
  );

  test.each(closed)('answers %s with vault-closed', async (verb) => {
    expect(await handlers[verb]?.({})).toMatchObject({ ok: false, refusal: { code: 'vault-closed' } });
  });
});
