export { archiveDestroy } from './destroy.ts';
export { archiveExtract } from './extract.ts';
export { archiveHold, archiveRelease } from './hold.ts';
export { archiveList } from './list.ts';
export { archiveRun } from './run.ts';
export { archiveSchedule } from './schedule.ts';
export { archiveVerify } from './verify.ts';
