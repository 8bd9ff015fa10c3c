import * as z from 'zod';
import { defineHost, defineVerbs } from '../../contracts/rpc/index.ts';

/** A host that does on demand what a host must never do. */
export const echoHost = defineHost({
  name: 'echo-host',
  configuration: z.strictObject({ greeting: z.string(), failsToStart: z.boolean().default(false) }),
  inFlightMax: 4,
  verbs: defineVerbs({
    greet: { input: z.strictObject({}), output: z.string(), timeoutMs: 5_000, refusals: [] },
    describe: {
      input: z.strictObject({ bytes: z.instanceof(Uint8Array) }),
      output: z.strictObject({
        kind: z.string(),
        length: z.int(),
        poolLength: z.int(),
        environment: z.array(z.string()),
      }),
      timeoutMs: 5_000,
      refusals: [],
    },
    echo: {
      input: z.strictObject({ bytes: z.instanceof(Uint8Array) }),
      output: z.strictObject({ bytes: z.instanceof(Uint8Array) }),
      timeoutMs: 5_000,
      refusals: [],
    },
    refuseDeclared: { input: z.strictObject({}), output: z.null(), timeoutMs: 5_000, refusals: ['card-absent'] },
    refuseUndeclared: { input: z.strictObject({}), output: z.null(), timeoutMs: 5_000, refusals: ['card-absent'] },
    throwBug: { input: z.strictObject({}), output: z.null(), timeoutMs: 5_000, refusals: [] },
    answerWrongly: {
      input: z.strictObject({}),
      output: z.strictObject({ n: z.int() }),
      timeoutMs: 5_000,
      refusals: [],
    },
    announceWrongly: { input: z.strictObject({}), output: z.null(), timeoutMs: 5_000, refusals: [] },
    crash: {
      input: z.strictObject({}),
      output: z.null(),
      timeoutMs: 5_000,
      refusals: [],
      lostAs: 'card-module-crashed',
    },
    hang: { input: z.strictObject({}), output: z.null(), timeoutMs: 300, refusals: [], lateAs: 'card-module-hung' },
    hangAfterwards: { input: z.strictObject({}), output: z.null(), timeoutMs: 5_000, refusals: [] },
    wait: { input: z.strictObject({ ms: z.int() }), output: z.null(), timeoutMs: 5_000, refusals: [] },
    tick: { input: z.strictObject({ n: z.int() }), output: z.null(), timeoutMs: 5_000, refusals: [] },
  }),
  events: { ticked: z.strictObject({ n: z.int() }) },
});
