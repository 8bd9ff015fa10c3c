export { giveTo, launchApplication, type DrivenApplication, type LaunchOptions } from './application.ts';
export { Operator, type Secrets } from './operator.ts';
