export { openCentralLog, type CentralLog, type LogGap } from './central-log.ts';
export { openLogStore, type LogStore } from './log-store.ts';
export { makeReceipt } from './receipts.ts';
export { startSequencer, type Sequencer } from './sequencer.ts';
export { logSigner, signerAcross, type LogSigner } from './signer.ts';
export { readTile } from './tile-door.ts';
export { blockOf, blockSizeBytes, nodeOf, type Block } from './tile-block.ts';
export { lengthSizeBytes, levels, offsetSizeBytes } from './torn-files.ts';
export { openFrozenLog, type FrozenLog } from './frozen-log.ts';
