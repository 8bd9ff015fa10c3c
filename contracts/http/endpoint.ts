import type * as z from 'zod';
import type { ReadScope } from '../../core/access/index.ts';

/**
 * Who may ask. `none`: anybody. `device`: an enrolled device, by an HTTP message signature (`signature.ts`).
 * `keeper`: an enrolled device, or a mirror that the operator named, by the same signature with its door key.
 * `session`: the device signature, and the opaque token of a person who signed in at that device.
 */
export type EndpointAuth = 'none' | 'device' | 'keeper' | 'session';

/**
 * What a person needs at a door of persons, beside a session: a scope that he may read by the policy in force, any scope at all,
 * or nothing (`own`: the door speaks of himself alone). Others read `read-not-allowed`.
 */
export type EndpointNeed = ReadScope | 'any-scope' | 'own';

/** Nobody comes in at a door that does not say who may: a door of persons without `needs` does not compile, and does not open. */
type WhoMay =
  | { readonly auth: Exclude<EndpointAuth, 'session'>; readonly needs?: never }
  | { readonly auth: 'session'; readonly needs: EndpointNeed };

/** One door of the server: what both sides agree on, and every refusal that this door adds to the common ones. */
export type Endpoint = WhoMay & {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  /** Fastify route syntax: `:name` and a last `*`. */
  readonly path: string;
  /** Of the `:name`s in the path. */
  readonly params?: z.ZodType;
  /** Of the request headers that the door reads; others may stand beside them. */
  readonly headers?: z.ZodType;
  readonly query?: z.ZodType;
  /** JSON; absent where there is no body, or where `bytes` names the media type of one that is not JSON. */
  readonly body?: z.ZodType;
  readonly bytes?: string;
  /** Absent where the answer is text, a file or a stream; `media` names it then. */
  readonly response?: z.ZodType;
  readonly media?: string;
  /** Larger bodies are refused unread with `body-too-large`. */
  readonly bodySizeMaxBytes: number;
  readonly refusals: readonly string[];
};

/** Keeps the literal types of one endpoint. */
export function defineEndpoint<const Shape extends Endpoint>(endpoint: Shape): Shape {
  return endpoint;
}

export type EndpointQuery<E extends Endpoint> = E extends { readonly query: z.ZodType }
  ? z.output<E['query']>
  : undefined;
export type EndpointParams<E extends Endpoint> = E extends { readonly params: z.ZodType }
  ? z.output<E['params']>
  : undefined;
export type EndpointHeaders<E extends Endpoint> = E extends { readonly headers: z.ZodType }
  ? z.output<E['headers']>
  : undefined;
export type EndpointBody<E extends Endpoint> = E extends { readonly body: z.ZodType }
  ? z.output<E['body']>
  : E extends { readonly bytes: string }
    ? Uint8Array
    : undefined;
export type EndpointBodyInput<E extends Endpoint> = E extends { readonly body: z.ZodType }
  ? z.input<E['body']>
  : undefined;
export type EndpointResponse<E extends Endpoint> = E extends { readonly response: z.ZodType }
  ? z.output<E['response']>
  : undefined;

/** Doors without a body still accept this much, so that a stray header body is refused by name and not by a cut connection. */
export const noBodyMaxBytes = 1_024;
