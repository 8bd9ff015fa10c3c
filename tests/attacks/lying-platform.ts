import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { freePort, must, startServerProcess, type ServerProcess } from '../../dev/demo/index.ts';
import { initPlatform, openAdministration, realSurroundings } from '../../server/boot/index.ts';
import { openDesk, type OpenDesk } from '../../server/boot/open-desk.ts';
import { createClient } from '../../main/engine/http/client.ts';
import { openTransport } from '../../main/engine/http/transport.ts';
import { readTlsIdentity } from '../../server/boot/tls-identity.ts';
import { asSuperuser } from './support.ts';

/** With owners and modes: the database does not start in a folder of somebody else. */
function copyWhole(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

/** A platform whose server is a process of its own, in the hands of an administrator who owns the machine. */
export class LyingPlatform {
  readonly folder = mkdtempSync(join(tmpdir(), 'qorgan-lying-'));
  directory = join(this.folder, 'platform');
  listen = '';
  /** File of the policy by which outside witnesses are asked from the next start on. */
  witnessPolicy: string | undefined;
  #server: ServerProcess | undefined;

  /** Made at an address that may be that of a relay in front of it. */
  static async make(url?: string): Promise<LyingPlatform> {
    const platform = new LyingPlatform();
    // The database engine never runs as root: its own user has to reach its folder.
    chmodSync(platform.folder, 0o711);
    platform.listen = `127.0.0.1:${await freePort()}`;
    const place = { directory: platform.directory, surroundings: realSurroundings };
    const address = url ?? `https://${platform.listen}`;
    must(await initPlatform({ ...place, profile: 'demo', operatorName: 'Operator', url: address }));
    return platform;
  }

  async start(): Promise<void> {
    const { directory, listen, witnessPolicy } = this;
    this.#server = await startServerProcess({ directory, profile: 'demo', listen, witnessPolicy });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** How a workstation reaches the server itself. */
  address(): { readonly url: string; readonly spki: string } {
    const { pin } = readTlsIdentity(join(this.directory, 'keys'));
    return { url: `https://${this.listen}`, spki: pin.spki };
  }

  /** What the server says of itself. */
  async state(): Promise<string> {
    const { url, spki } = this.address();
    const transport = openTransport({ url, spki: spki as Sha256Hex });
    const options = { random: (size: number) => randomBytes(size), serverNowMs: () => Date.now(), identity: undefined };
    const client = createClient({ transport, ...options });
    const { state } = must(await client.call('status'));
    client.close();
    return state;
  }

  async enrolCode(): Promise<string> {
    const place = { directory: this.directory, surroundings: realSurroundings };
    const administration = must(await openAdministration(place));
    const { code } = await administration.enrolCode();
    await administration.close();
    return code;
  }

  /** Everything that the administrator has, as it stands now: keys, database and files of the log. */
  copy(name: string): string {
    const to = join(this.folder, name);
    copyWhole(this.directory, to);
    return to;
  }

  /** The whole platform from a copy in the place of the present one. */
  putBack(copy: string): void {
    rmSync(this.directory, { recursive: true });
    copyWhole(copy, this.directory);
  }

  /** A second platform with the same keys and the same past. */
  async twin(): Promise<LyingPlatform> {
    const twin = new LyingPlatform();
    chmodSync(twin.folder, 0o711);
    twin.listen = `127.0.0.1:${await freePort()}`;
    copyWhole(this.directory, twin.directory);
    return twin;
  }

  /** Works on the stopped platform with all its keys and as superuser of its database. */
  async asAdministrator(work: (opened: OpenDesk, sql: Sql) => Promise<void>): Promise<void> {
    const opened = must(await openDesk({ directory: this.directory, surroundings: realSurroundings }, 'demo'));
    try {
      await asSuperuser(this, (client) => work(opened, (text, values) => client.query(text, [...(values ?? [])])));
    } finally {
      await opened.store.close();
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type Sql = (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

/** Key and certificate of the listener, as whoever owns the machine finds them. */
export function tlsOf(platform: LyingPlatform): { readonly key: string; readonly cert: string } {
  const { tls } = readTlsIdentity(join(platform.directory, 'keys'));
  return { key: tls.key, cert: tls.certificate };
}
