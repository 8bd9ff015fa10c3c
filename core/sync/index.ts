export {
  breaksPromise,
  evolveOutbox,
  mayFallDue,
  outboxStart,
  outboxStep,
  type OutboxEvent,
  type OutboxItem,
  type OutboxState,
} from './outbox.ts';
