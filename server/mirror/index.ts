export { checkMirror, type MirrorFault, type MirrorState } from './check-mirror.ts';
export {
  initMirror,
  openMirror,
  type InitMirrorRefusal,
  type Mirror,
  type MirrorCard,
  type OpenMirrorRefusal,
} from './open-mirror.ts';
export { openOrigin, type Origin } from './origin.ts';
export { pull, type Pulled, type PullRefusal } from './pull.ts';
export { openBlobDoor, type BlobDoor } from './blob-door.ts';
export { pullBlobs, type BlobRefusal, type BlobsPulled } from './pull-blobs.ts';
export { restoreEvidence, restoreLog, type RestoreRefusal } from './restore-mirror.ts';
export { startSchedule } from './schedule.ts';
export { holdMirror, startMirror, type MirrorOptions, type RunningMirror } from './start-mirror.ts';
export type { Fetch, FetchRefusal } from './verified-tiles.ts';
