import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEpoch, Result } from '../../core/kernel/index.ts';
import { caseHashStart } from '../../core/signing/index.ts';
import type { VaultHandlers, VaultInput, VaultOutput, VaultVerb } from '../../contracts/vault-host/index.ts';
import { vaultVerbs } from '../../contracts/vault-host/index.ts';
import { localVault, vaultHandlers, type LocalVaultOptions, type Vault } from '../../native/vault-host/index.ts';
import { actOf, formOf, newCaseId } from './acts.ts';
import { startMs, TestPlatform } from './platform.ts';

/** Argon2id at its smallest: the tests are about what is wrapped, not about how long it takes. */
export const cheapKdf = { memoryKib: 64, passes: 1, lanes: 1 };

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'utf8'));

/** A vault behind its contract: inputs and outputs go through the schemas, as they do between processes. */
export class TestVault {
  readonly directory: string;
  readonly vault: Vault;
  readonly #handlers: VaultHandlers;

  constructor(options: Partial<LocalVaultOptions> = {}) {
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), 'qorgan-vault-'));
    this.vault = localVault({ kdf: cheapKdf, ...options, directory: this.directory });
    this.#handlers = vaultHandlers(this.vault);
  }

  async call<Verb extends VaultVerb>(verb: Verb, input: VaultInput<Verb>): Promise<Result<VaultOutput<Verb>>> {
    const parsed = vaultVerbs[verb].input.parse(input);
    const handler = this.#handlers[verb] as (input: unknown) => Result<unknown> | Promise<Result<unknown>>;
    const result = await handler(parsed);
    if (!result.ok) {
      const declared: readonly string[] = vaultVerbs[verb].refusals;
      if (!declared.includes(result.refusal.code)) throw new Error(`${verb} does not declare ${result.refusal.code}`);
      return result;
    }
    return { ok: true, value: vaultVerbs[verb].output.parse(result.value) as VaultOutput<Verb> };
  }

  /** The value, or an error that names the refusal. */
  async must<Verb extends VaultVerb>(verb: Verb, input: VaultInput<Verb>): Promise<VaultOutput<Verb>> {
    const result = await this.call(verb, input);
    if (!result.ok) throw new Error(`${verb}: ${result.refusal.code} ${JSON.stringify(result.refusal.details ?? {})}`);
    return result.value;
  }

  /** The code of the refusal, or `done`. */
  async code<Verb extends VaultVerb>(verb: Verb, input: VaultInput<Verb>): Promise<string> {
    const result = await this.call(verb, input);
    return result.ok ? 'done' : result.refusal.code;
  }

  dispose(): void {
    this.vault.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export const passphrase = 'түнгі күзет 5812';

export function passphraseKey(slotId: string, text = passphrase) {
  return { kind: 'passphrase', slotId, passphrase: utf8(text) } as const;
}

export type Enrolled = {
  readonly vault: TestVault;
  readonly platform: TestPlatform;
  readonly slotId: string;
  readonly epoch: JournalEpoch;
};

/** A vault with one passphrase slot, bound to a platform in memory, open. */
export async function enrolledVault(
  options: Partial<LocalVaultOptions> = {},
  platform: TestPlatform = new TestPlatform(),
): Promise<Enrolled> {
  const vault = new TestVault(options);
  const created = await vault.must('vault.create', {
    profile: 'demo',
    slots: [{ kind: 'passphrase', label: 'A', passphrase: utf8(passphrase) }],
    nowMs: startMs,
  });
  const bundle = platform.bundle({ publicKey: created.devicePublicKey, epoch: created.epoch });
  await vault.must('vault.bind', {
    bundle: { document: bundle.document, signatures: [...bundle.signatures] },
    nowMs: startMs,
  });
  return { vault, platform, slotId: created.slots[0]?.id ?? '', epoch: created.epoch };
}

/** The next submission, not yet journalled. */
export async function nextSubmission(vault: TestVault, n: number, atMs = startMs + n) {
  const next = await vault.must('acts.next', { nowMs: atMs });
  return actOf({
    next,
    type: 'registration.submit',
    payload: { form: formOf(n) },
    caseId: newCaseId(),
    revision: 0,
    hash: caseHashStart,
    atMs,
  });
}

/** Journals `count` submissions. */
export async function submitCases(vault: TestVault, count: number, from = 1) {
  const acts = [];
  for (let n = from; n < from + count; n += 1) {
    const act = await nextSubmission(vault, n);
    acts.push({
      ...act,
      answer: await vault.must('acts.append', { envelope: act.envelope, cms: act.cms, atMs: startMs + n }),
    });
  }
  return acts;
}
