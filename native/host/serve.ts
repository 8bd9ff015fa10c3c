import { assert, refuse, type Refusal, type Result } from '../../core/kernel/index.ts';
import {
  forSending,
  fromTransport,
  toHostMessage,
  wipeBytes,
  type EventInput,
  type EventName,
  type HostContract,
  type HostRefusalCode,
  type ToMainMessage,
  type VerbHandlers,
} from '../../contracts/rpc/index.ts';
import type * as z from 'zod';

/** The channel to main, as a process sees it; `processPort` is the real one. */
export type HostPort = {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onDisconnect(listener: () => void): void;
};

/** Announces something to main. Loses the event silently when main is gone. */
export type Emit<Contract extends HostContract> = <Name extends EventName<Contract>>(
  event: Name,
  payload: EventInput<Contract, Name>,
) => void;

export type ServeOptions<Contract extends HostContract> = {
  readonly contract: Contract;
  readonly port: HostPort;
  /**
   * Makes the handlers from the configuration, before any call. A throw ends the process: the supervisor starts another.
   * Handlers answer refusals as values. Byte arrays of an input are overwritten once it is answered: a handler keeps none.
   */
  readonly start: (
    configuration: z.output<Contract['configuration']>,
    emit: Emit<Contract>,
  ) => VerbHandlers<Contract> | Promise<VerbHandlers<Contract>>;
  readonly newIncidentId: () => string;
  /** One line for the log of the process; the only place where a stack goes. */
  readonly log: (line: string) => void;
  /** Ends this process: main is gone, or the start failed. */
  readonly exit: (code: number) => void;
};

type Handlers = Readonly<Record<string, (input: unknown) => Result<unknown> | Promise<Result<unknown>>>>;

class Server {
  readonly #options: ServeOptions<HostContract>;
  #handlers: Handlers | undefined;
  #inFlight = 0;

  constructor(options: ServeOptions<HostContract>) {
    this.#options = options;
    options.port.onDisconnect(() => options.exit(0));
    options.port.onMessage((raw) => this.#receive(fromTransport(raw)));
  }

  #receive(raw: unknown): void {
    const parsed = toHostMessage.safeParse(raw);
    // Main wrote this message: a frame that does not parse is two versions of one package, which no call can survive.
    if (!parsed.success) return this.#fail('start', new Error('malformed frame'));
    const message = parsed.data;
    if (message.kind === 'configure') {
      this.#configure(message.configuration).catch((error: unknown) => this.#fail('configure', error));
    } else if (message.kind === 'ping') {
      this.#send({ kind: 'pong' });
    } else {
      void this.#answer(message.id, message.verb, message.input);
    }
  }

  async #configure(raw: unknown): Promise<void> {
    const { contract, start } = this.#options;
    assert(this.#handlers === undefined, 'rpc: a host is configured once');
    const emit = (name: string, payload: unknown): void => this.#send({ kind: 'event', name, payload });
    this.#handlers = (await start(contract.configuration.parse(raw), emit)) as Handlers;
    this.#send({ kind: 'ready' });
  }

  async #answer(id: number, name: string, raw: unknown): Promise<void> {
    if (this.#inFlight >= this.#options.contract.inFlightMax) {
      wipeBytes(raw);
      return this.#refuse(id, { code: 'host-busy' });
    }
    this.#inFlight += 1;
    try {
      const result = await this.#run(name, raw);
      if (result.ok) this.#send({ kind: 'answer', id, value: result.value });
      else this.#refuse(id, result.refusal);
    } catch (error) {
      this.#refuse(id, { code: 'internal', incidentId: this.#report(name, error) });
    } finally {
      this.#inFlight -= 1;
      wipeBytes(raw);
    }
  }

  async #run(name: string, raw: unknown): Promise<Result<unknown>> {
    const { verbs } = this.#options.contract;
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    const handler = this.#handlers?.[name];
    assert(verb !== undefined && handler !== undefined, 'rpc: main calls a verb of the contract, after ready');
    const input = verb.input.safeParse(raw);
    if (!input.success) {
      const field = input.error.issues[0]?.path.join('.') ?? '';
      return refuse<HostRefusalCode>('input-malformed', { field: field.slice(0, 128) });
    }
    const result = await handler(input.data);
    if (!result.ok) assert(verb.refusals.includes(result.refusal.code), `rpc: ${name} refuses with a declared code`);
    return result;
  }

  #refuse(id: number, refusal: Refusal): void {
    const { details, ...rest } = refusal;
    this.#send({ kind: 'refusal', id, refusal: details === undefined ? rest : { ...rest, details: { ...details } } });
  }

  #send(message: ToMainMessage): void {
    this.#options.port.send(forSending(message));
  }

  #report(where: string, error: unknown): string {
    const incidentId = this.#options.newIncidentId();
    const stack = error instanceof Error ? (error.stack ?? error.message) : 'thrown value is not an error';
    this.#options.log(JSON.stringify({ host: this.#options.contract.name, incidentId, where, stack }));
    return incidentId;
  }

  #fail(where: string, error: unknown): void {
    this.#report(where, error);
    this.#options.exit(1);
  }
}

/**
 * The child's side of a host: parses each call by its schema, bounds how many it holds, turns a thrown bug into `internal`
 * with an incident id, and leaves when main is gone. Answers are sent in the order in which handlers finish.
 */
export function serveHost<Contract extends HostContract>(options: ServeOptions<Contract>): void {
  // The door between the typed contract and the untyped machine: inputs are parsed by the contract's schemas.
  new Server(options as unknown as ServeOptions<HostContract>);
}
