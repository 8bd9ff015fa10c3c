import { existsSync } from 'node:fs';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { QuarantineReason } from '../../../core/journal/index.ts';
import type { VaultRequest, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { faultOf, type OpenFault } from '../journal/store.ts';
import { enrolmentView } from './bind.ts';
import { createVault, type CreateFault } from './create.ts';
import { openVault, readSlots, type OpenVaultFault } from './open.ts';
import { requireBound, type Bound, type Opened, type VaultContext } from './opened.ts';
import { challengeOf, summaryOf } from './slot-changes.ts';

export type VaultOptions = VaultContext & { readonly onQuarantine: (reason: QuarantineReason) => void };

/** While it is open, a page that cannot be read is a fault of the disk: its content was whole when the vault was opened. */
const asDiskFault = (): 'vault-disk-failed' => 'vault-disk-failed';

/** The vault of one folder: closed, or open by one of its slots. Every call is synchronous, so that none runs into another. */
export class Vault {
  readonly #context: VaultOptions;
  #opened: Opened | undefined;

  constructor(options: VaultOptions) {
    this.#context = options;
  }

  get context(): VaultOptions {
    return this.#context;
  }

  status(): Result<VaultOutput<'vault.status'>, 'slots-malformed'> {
    const opened = this.#opened;
    const slots = opened === undefined ? readSlots(this.#context) : ok(opened.slots);
    if (!slots.ok && slots.refusal.code === 'slots-malformed') return refuse('slots-malformed');
    const { bound } = opened ?? {};
    return ok({
      exists: existsSync(this.#context.files.journal),
      isOpen: opened !== undefined,
      profile: opened?.profile ?? null,
      epoch: opened?.epoch ?? null,
      devicePublicKey: opened?.device.publicKey ?? null,
      enrolment: bound === undefined ? null : enrolmentView(bound.enrolment),
      slots: slots.ok ? slots.value.body.slots.map(summaryOf) : [],
      quarantine: bound?.journal.state.quarantine ?? null,
      standing: [...(bound?.journal.state.standing ?? [])],
    });
  }

  create(input: VaultRequest<'vault.create'>): Result<VaultOutput<'vault.create'>, CreateFault> {
    if (this.#opened !== undefined) return refuse('vault-exists');
    const created = this.#guard(() => createVault(this.#context, input), asDiskFault);
    if (!created.ok) return created;
    this.#opened = created.value;
    const { device, epoch, slots } = created.value;
    return ok({ devicePublicKey: device.publicKey, epoch, slots: slots.body.slots.map(summaryOf) });
  }

  open(key: VaultRequest<'vault.open'>): Result<VaultOutput<'vault.open'>, OpenVaultFault | 'vault-open'> {
    if (this.#opened !== undefined) return refuse('vault-open');
    const result = this.#guard(
      () => openVault(this.#context, key),
      (fault) => fault,
    );
    if (!result.ok) return result;
    this.#opened = result.value.opened;
    return ok({ slotId: key.slotId, entries: result.value.entries, acts: result.value.acts });
  }

  /** Wipes the data key; everything was durable before. */
  close(): Result<null, never> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened === undefined) return ok(null);
    opened.bound?.drafts.clear();
    opened.key.dataKey.wipe();
    try {
      opened.store.close();
    } catch (error) {
      // The WAL stays and is read at the next opening: closing loses nothing.
      if (faultOf(error) === undefined) throw error;
    }
    return ok(null);
  }

  slotChallenge(slotId: string): ReturnType<typeof challengeOf> | Result<never, 'vault-absent' | 'slots-malformed'> {
    const slots = this.#opened === undefined ? readSlots(this.#context) : ok(this.#opened.slots);
    return slots.ok ? challengeOf(slots.value, slotId) : slots;
  }

  /** Runs `use` on the open vault. After a disk fault nothing in memory can be trusted: the vault closes. */
  withOpen<T, Code extends string>(
    use: (opened: Opened) => Result<T, Code>,
  ): Result<T, Code | 'vault-closed' | 'vault-disk-failed'> {
    const opened = this.#opened;
    if (opened === undefined) return refuse('vault-closed');
    return this.#guard(() => use(opened), asDiskFault);
  }

  withBound<T, Code extends string>(
    use: (bound: Bound) => Result<T, Code>,
  ): Result<T, Code | 'vault-closed' | 'vault-disk-failed' | 'vault-not-bound'> {
    return this.withOpen<T, Code | 'vault-not-bound'>((opened) => {
      const bound = requireBound(opened);
      return bound.ok ? use(bound.value) : bound;
    });
  }

  #guard<T, Code extends string, Thrown extends string>(
    use: () => Result<T, Code>,
    nameOf: (fault: OpenFault) => Thrown,
  ): Result<T, Code | Thrown> {
    try {
      return use();
    } catch (error) {
      this.#abandon();
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      return refuse(nameOf(fault));
    }
  }

  #abandon(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.bound?.drafts.clear();
    opened?.key.dataKey.wipe();
    try {
      opened?.store.abandon();
    } catch {
      // Its connection is beyond use either way; the process holds the lock until the file is closed by its end.
    }
  }
}
