export { launchApplication, type DrivenApplication, type LaunchOptions } from './application.ts';
