export { addCheckpoint, requestSizeMaxBytes, type WitnessAnswer } from './add-checkpoint.ts';
export { cosign, signedByLog } from './cosign.ts';
export { openListener, type Listener, type ListenerTls } from './listener.ts';
export { initWitness, openWitness, type OpenWitnessRefusal, type Witness } from './open-witness.ts';
export { startWitness, type RunningWitness } from './start-witness.ts';
