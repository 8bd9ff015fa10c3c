export { bytesOrNoneUpTo, bytesUpTo } from './byte-schema.ts';
export { toHostMessage, toMainMessage, type ToHostMessage, type ToMainMessage, type WireRefusal } from './messages.ts';
export {
  defineHost,
  defineVerbs,
  type CallResult,
  type EventInput,
  type EventName,
  type EventPayload,
  type EventTable,
  type HandlersOf,
  type HostConfiguration,
  type HostContract,
  type HostRefusalCode,
  type VerbDefinition,
  type VerbHandlers,
  type VerbInput,
  type VerbName,
  type VerbOutput,
  type VerbRefusal,
  type VerbResult,
  type VerbTable,
} from './verbs.ts';
export { forSending, fromTransport, wipeBytes } from './wire-bytes.ts';
