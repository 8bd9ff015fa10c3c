export { cardModules, hostFiles, openCardHost, type CardHost } from './hosts.ts';
