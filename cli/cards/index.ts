export { hostFiles, openCardHost, type CardHost } from './hosts.ts';
