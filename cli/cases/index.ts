export { caseImport } from './import.ts';
