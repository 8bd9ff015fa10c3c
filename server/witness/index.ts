export { addCheckpoint, requestSizeMaxBytes, type WitnessAnswer } from './add-checkpoint.ts';
export { initWitness, openWitness, type OpenWitnessRefusal, type Witness } from './open-witness.ts';
export { startWitness, type RunningWitness } from './start-witness.ts';
