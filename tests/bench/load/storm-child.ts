import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SignInTime, StormMemory, StormOrder, StormReport } from './storm-server.ts';

/** The server of a folder in a process of its own. */
export async function startStormServer(directory: string, kind: 'scaled' | 'real' | 'timed') {
  const file = join(import.meta.dirname, 'storm-server.ts');
  const child: ChildProcess = fork(file, [directory, kind], { execArgv: ['--expose-gc'], stdio: 'inherit' });
  const waiting: ((report: StormReport) => void)[] = [];
  child.on('message', (report: StormReport) => waiting.shift()?.(report));
  const hear = (): Promise<StormReport> => new Promise((resolve) => waiting.push(resolve));
  const ask = (order: StormOrder): Promise<StormReport> => {
    const heard = hear();
    child.send(order);
    return heard;
  };
  const opened = await hear();
  if (!('url' in opened)) throw new Error('storm: a server says first where it is');
  const server = {
    url: opened.url,
    pin: { spki: '', certificate: new Uint8Array(Buffer.from(opened.certificate, 'base64')) },
  };
  return {
    server,
    setNow: async (nowMs: number): Promise<void> => void (await ask({ nowMs })),
    memory: async (): Promise<StormMemory> => {
      const report = await ask('measure');
      if (!('heapMiB' in report)) throw new Error('storm: memory is told when it is asked for');
      return report;
    },
    /** Of all sign-ins since it was asked before. */
    times: async (): Promise<readonly SignInTime[]> => {
      const report = await ask('times');
      if (!('times' in report)) throw new Error('storm: times are told when they are asked for');
      return report.times;
    },
    close: async () => {
      child.send('close' satisfies StormOrder);
      await once(child, 'exit');
    },
  };
}
