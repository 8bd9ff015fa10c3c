export { logCheck } from './check.ts';
export { logExport } from './export.ts';
