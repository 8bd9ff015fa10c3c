export { keyNameOf, listenOf } from './address.ts';
export { jsonLine, misuse, refused, verdictOf, type Answer, type Exit, type Fact } from './answer.ts';
export { readArguments, type Arguments, type Shape } from './arguments.ts';
export { parseAt } from './at.ts';
export type { Command, Surroundings } from './command.ts';
export { readSmallFile } from './files.ts';
export { periodOf, timeText } from './time.ts';
export { readTlsFiles, tlsOptions } from './tls-files.ts';
