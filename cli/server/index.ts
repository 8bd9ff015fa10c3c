export { serverAddStaff } from './add-staff.ts';
export { serverEnrolCode } from './enrol-code.ts';
export { serverImportAnchors, serverImportCrl } from './import.ts';
export { serverInit } from './init.ts';
export { serverLogKeyCompromised } from './log-key-compromised.ts';
export { serverLogKeyRotate } from './log-key.ts';
export { administer, placeOf, placeOptions } from './place.ts';
export { serverStart } from './start.ts';
export { serverStatus } from './status.ts';
