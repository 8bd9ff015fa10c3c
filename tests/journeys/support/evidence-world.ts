import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { request } from 'node:https';
import { parseLeaf, type Leaf } from '../../../core/log/index.ts';
import { freePort, type ServerProcess } from '../../../dev/demo/index.ts';
import { openCuttingProxy, type CuttingProxy } from './cutting-proxy.ts';
import { makeRemoteWorld, type RemoteWorld } from './remote-world.ts';

async function startEvidenceServer(directory: string, port: number, hashes: string): Promise<ServerProcess> {
  const words = [join(import.meta.dirname, 'evidence-server.ts'), directory, String(port), hashes];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const { url, spki } = JSON.parse(line) as { readonly url: string; readonly spki: string };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await gone;
  };
  return { pid: child.pid ?? 0, url, spki, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

/** A platform that workstations reach only by a line that can be cut. */
export type EvidenceWorld = {
  readonly world: RemoteWorld;
  readonly proxy: CuttingProxy;
  /** SHA-256 of every plaintext that the server's antivirus was given, in order. */
  scanned(): readonly string[];
  /** Sealed files that the server keeps. */
  blobs(): readonly string[];
  /** Leaves of the platform itself in the log: documents, evidence among them. */
  platformLeaves(): Promise<number>;
  close(): Promise<void>;
};

function get(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { rejectUnauthorized: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => void parts.push(part));
      answer.on('end', () => resolve(Buffer.concat(parts)));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Entries of a bundle (C2SP tlog-tiles): two bytes of length, then the entry. */
function entriesOf(bytes: Buffer): readonly string[] {
  const entries: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt16BE(at);
    entries.push(bytes.toString('utf8', at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

/** The leaves of the log as anybody may read them; of the first bundle, which these tests do not fill. */
async function leavesOf(port: number): Promise<readonly Leaf[]> {
  const origin = `https://127.0.0.1:${port}`;
  const size = Number((await get(`${origin}/v1/log/checkpoint`)).toString('utf8').split('\n')[1]);
  if (!(size > 0 && size < 256)) throw new Error(`the log has ${size} leaves`);
  return entriesOf(await get(`${origin}/v1/log/tile/entries/000.p/${size}`)).flatMap((text) => {
    const leaf = parseLeaf(text);
    return leaf.ok ? [leaf.value] : [];
  });
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}$/u.test(name));
}

export async function makeEvidenceWorld(directory: string): Promise<EvidenceWorld> {
  const port = await freePort();
  const proxy = await openCuttingProxy({ port });
  const hashes = join(directory, 'scanned');
  const platform = join(directory, 'platform');
  const world = await makeRemoteWorld(directory, {
    url: `https://127.0.0.1:${proxy.port}`,
    startServer: () => startEvidenceServer(platform, port, hashes),
  });
  return {
    world,
    proxy,
    scanned: () => (existsSync(hashes) ? readFileSync(hashes, 'utf8').trim().split('\n') : []),
    blobs: () => filesBelow(join(platform, 'evidence', 'blobs')),
    platformLeaves: async () => (await leavesOf(port)).filter(({ kind }) => kind === 'platform').length,
    async close() {
      await world.close();
      await proxy.close();
    },
  };
}
