import { randomBytes } from 'node:crypto';
import { toBase64, type DeviceId, type JournalEpoch, type Sha256Hex } from '../../core/kernel/index.ts';
import { enrolmentProofText } from '../../contracts/http/index.ts';
import type { Engine, Shift } from '../../main/engine/context.ts';
import { clientOf, readEnrolment } from '../../main/engine/enrolment.ts';
import { createClient } from '../../main/engine/http/client.ts';
import { openTransport } from '../../main/engine/http/transport.ts';
import { takeUpAlarms } from '../../main/engine/sync/alarm.ts';
import { SyncLoop } from '../../main/engine/sync/loop.ts';
import { must, until } from '../../dev/demo/index.ts';
import { nextSubmission, passphrase, passphraseKey, TestVault, utf8 } from '../vault/vault.ts';
import { bearer, playedEngine } from './played-desk.ts';

/** Servers and databases start at the same time on a busy machine. */
const patienceMs = 60_000;

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** A workstation without windows and cards: its own vault, and the very sync of the product over the network. */
export class SyncDesk {
  readonly vault = new TestVault();
  engine: Engine = playedEngine({ vault: this.vault });
  #slotId = '';
  #shift: Shift | undefined;
  #loop: SyncLoop | undefined;

  /** Enrols at the server of this address by a code. */
  async enrol(server: { readonly url: string; readonly spki: string }, code: string): Promise<this> {
    const slots = [{ kind: 'passphrase' as const, label: 'A', passphrase: utf8(passphrase) }];
    const made = await this.vault.must('vault.create', { profile: 'demo', slots, nowMs: clock.nowMs() });
    this.#slotId = made.slots[0]?.id ?? '';
    const publicKey = toBase64(made.devicePublicKey);
    const epoch = made.epoch as JournalEpoch;
    const { signature } = await this.vault.must('device.sign', {
      message: utf8(enrolmentProofText({ code, publicKey, epoch })),
    });
    const pin = { url: server.url, spki: server.spki as Sha256Hex };
    const options = { random: (size: number) => randomBytes(size), serverNowMs: clock.nowMs, identity: undefined };
    const client = createClient({ transport: openTransport(pin), ...options });
    const body = { code, publicKey, name: 'АРМ', kind: 'workstation' as const, epoch, proof: toBase64(signature) };
    const { bundle } = must(await client.call('enrol', { body }));
    client.close();
    await this.vault.must('vault.bind', { bundle, nowMs: clock.nowMs() });
    return this;
  }

  async #openShift(): Promise<Shift> {
    const { enrolment } = await this.vault.must('vault.status', null);
    const read = must(readEnrolment(enrolment?.bundle ?? { document: '', signatures: [] }));
    const client = clientOf(this.engine, read);
    // It asks for nobody at a contact: its bearer is no staff of any server, and would be locked out.
    const call = ((door: 'contact', given: { readonly body?: { readonly actor?: unknown } }) => {
      const { actor: _actor, ...body } = given.body ?? {};
      return client.call(door, (door === 'contact' ? { body } : given) as never);
    }) as unknown as typeof client.call;
    return { enrolment: read, client: { ...client, call }, ...bearer } as unknown as Shift;
  }

  get shift(): Shift {
    if (this.#shift === undefined) throw new Error('the desk is not at work');
    return this.#shift;
  }

  get device(): DeviceId {
    return this.shift.enrolment.device as DeviceId;
  }

  /** Starts the sync of a shift. */
  async work(): Promise<void> {
    this.#shift = await this.#openShift();
    await takeUpAlarms(this.engine);
    this.#loop = new SyncLoop(this.engine, this.#shift);
  }

  async rest(): Promise<void> {
    await this.#loop?.stop();
    this.#shift?.client.close();
    this.#loop = undefined;
  }

  /** Everything that was in memory is gone; the vault is opened anew. */
  async restart(): Promise<void> {
    await this.rest();
    await this.vault.must('vault.close', null);
    await this.vault.must('vault.open', passphraseKey(this.#slotId));
    this.engine = playedEngine({ vault: this.vault });
    await this.work();
  }

  kick(): void {
    this.#loop?.kick();
  }

  /** A round of contact with the server that the workstation believes. */
  async contacted(size?: number): Promise<void> {
    await until(() => {
      const { treeSize } = this.engine.state.log;
      return treeSize !== null && treeSize >= (size ?? 1);
    }, patienceMs);
  }

  /** An act that waits to be sent. */
  async record(n: number): Promise<string> {
    const act = await nextSubmission(this.vault, n, clock.nowMs());
    await this.vault.must('acts.append', { envelope: act.envelope, cms: act.cms, atMs: clock.nowMs() });
    return act.actionId;
  }

  async stateOf(actionId: string): Promise<string> {
    return (await this.vault.must('acts.get', { actionId })).act.state;
  }

  async entries(kind: 'alarm' | 'promise' | 'receipt' | 'checkpoint' | 'contact'): Promise<readonly unknown[]> {
    const { items } = await this.vault.must('entries.list', { before: null, limit: 100, kinds: [kind] });
    return items.map(({ body }) => JSON.parse(body) as unknown);
  }

  alarms(): readonly string[] {
    return this.engine.state.alarms.map(({ code }) => code);
  }

  async alarmed(code: string): Promise<void> {
    await until(() => this.alarms().includes(code), patienceMs);
  }

  async remove(): Promise<void> {
    await this.rest();
    this.vault.dispose();
  }
}
