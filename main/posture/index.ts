export { collectPosture, type MachinePosture } from './collect.ts';
