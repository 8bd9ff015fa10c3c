export { termEndMs } from './calendar.ts';
export { dueOf, schedulesOf, type Due, type LoggedSchedule, type RetainedItem, type SchedulesOfItem } from './due.ts';
export { heldHashesMax, holdsOf, isInForce, newestHolds, type LegalHold } from './hold.ts';
export {
  checkSchedule,
  firstSchedule,
  legalMinimum,
  termMonthsMax,
  type RetentionSchedule,
  type RetentionTerm,
} from './schedule.ts';
