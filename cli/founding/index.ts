export { holdCeremony, type Ceremony, type FoundingStep } from './ceremony.ts';
export { parsePlan, type PlanFile } from './plan.ts';
export { serverFound } from './found.ts';
export { serverProtocol } from './protocol.ts';
