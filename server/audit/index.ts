export { checkPlatform, type CheckOptions, type CheckSummary } from './check-platform.ts';
export { readPublishedHeads, type PublishedHeads } from './checkpoints.ts';
export type { Expectation, Finding, Report } from './finding.ts';
export type { Progress } from './run.ts';
