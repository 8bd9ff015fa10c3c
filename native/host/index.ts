export { leaveAtOnce, processPort } from './process-port.ts';
export { serveHost, type Emit, type HostPort, type ServeOptions } from './serve.ts';
