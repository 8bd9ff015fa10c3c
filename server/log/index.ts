export { openCentralLog, type CentralLog, type LogGap } from './central-log.ts';
export { makeReceipt } from './receipts.ts';
export { startSequencer, type Sequencer } from './sequencer.ts';
export { readTile } from './tile-door.ts';
