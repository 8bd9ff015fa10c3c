export {
  breaksPromise,
  evolveOutbox,
  outboxStart,
  outboxStep,
  type OutboxEvent,
  type OutboxItem,
  type OutboxState,
} from './outbox.ts';
