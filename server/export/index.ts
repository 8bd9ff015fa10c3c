export { exportLog, type ExportRefusal, type ExportRequest } from './export-log.ts';
