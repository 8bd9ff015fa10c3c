import type * as z from 'zod';
import type { Result } from '../../core/kernel/index.ts';

/** One question that main may ask a host: what goes in, what comes out, how long it may take, and every refusal it may answer with. */
export type VerbDefinition = {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** Counted from the moment the call is handed to the host, not from the moment it was queued. A host that is late is killed. */
  readonly timeoutMs: number;
  /** The refusals that the handler itself may answer with. `HostRefusalCode` comes on top of them. */
  readonly refusals: readonly string[];
  /** What the caller reads when the host died while it worked on this call; `host-restarted` when absent. */
  readonly lostAs?: string;
  /** What the caller reads when this call was late and the host was killed for it; `host-timeout` when absent. */
  readonly lateAs?: string;
};

export type VerbTable = Readonly<Record<string, VerbDefinition>>;
export type EventTable = Readonly<Record<string, z.ZodType>>;

/** All that two processes have to agree on: the one start-up message, the verbs, the events, and the width of the door. */
export type HostContract<
  Configuration extends z.ZodType = z.ZodType,
  Verbs extends VerbTable = VerbTable,
  Events extends EventTable = EventTable,
> = {
  /** Appears in logs only. */
  readonly name: string;
  /** Sent by main at every start, before any call; the host answers with `ready` once it has taken it. */
  readonly configuration: Configuration;
  readonly verbs: Verbs;
  readonly events: Events;
  /** How many calls the host may hold at once; the supervisor sends no more and the host refuses more with `host-busy`. */
  readonly inFlightMax: number;
};

/** Keeps the literal types of a verb table, so that handlers and callers are checked against each schema and refusal code. */
export function defineVerbs<const Verbs extends VerbTable>(verbs: Verbs): Verbs {
  return verbs;
}

/** Keeps the literal types of a host contract. */
export function defineHost<
  Configuration extends z.ZodType,
  const Verbs extends VerbTable,
  const Events extends EventTable,
>(contract: HostContract<Configuration, Verbs, Events>): HostContract<Configuration, Verbs, Events> {
  return contract;
}

/** What the supervisor and the door of the host answer on their own. Words and retry rules: `contracts/refusals/host.ts`. */
export type HostRefusalCode =
  | 'host-busy'
  | 'host-restarted'
  | 'host-timeout'
  | 'host-unavailable'
  | 'input-malformed'
  | 'internal';

type OptionalCode<Code> = Code extends string ? Code : never;

export type VerbName<Contract extends HostContract> = keyof Contract['verbs'] & string;
export type VerbInput<Verb extends VerbDefinition> = z.input<Verb['input']>;
export type VerbOutput<Verb extends VerbDefinition> = z.output<Verb['output']>;
export type VerbRefusal<Verb extends VerbDefinition> = Verb['refusals'][number];

/** What a handler answers: its own refusals only. */
export type VerbResult<Verb extends VerbDefinition> = Result<z.input<Verb['output']>, VerbRefusal<Verb>>;

/** What a caller reads: the handler's refusals, those of the supervisor, and the two that the verb renames. */
export type CallResult<Verb extends VerbDefinition> = Result<
  VerbOutput<Verb>,
  VerbRefusal<Verb> | HostRefusalCode | OptionalCode<Verb['lostAs']> | OptionalCode<Verb['lateAs']>
>;

/** One handler for each verb of a table; a host that serves several tables spreads them into one. */
export type HandlersOf<Verbs extends VerbTable> = {
  readonly [Name in keyof Verbs & string]: (
    input: z.output<Verbs[Name]['input']>,
  ) => VerbResult<Verbs[Name]> | Promise<VerbResult<Verbs[Name]>>;
};

export type VerbHandlers<Contract extends HostContract> = HandlersOf<Contract['verbs']>;

export type EventName<Contract extends HostContract> = keyof Contract['events'] & string;
export type EventInput<Contract extends HostContract, Name extends EventName<Contract>> = z.input<
  Contract['events'][Name]
>;
export type EventPayload<Contract extends HostContract, Name extends EventName<Contract>> = z.output<
  Contract['events'][Name]
>;
export type HostConfiguration<Contract extends HostContract> = z.input<Contract['configuration']>;
