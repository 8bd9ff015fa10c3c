export { hostFiles, openCardHost, openTokenHost, type CardHost } from './hosts.ts';
