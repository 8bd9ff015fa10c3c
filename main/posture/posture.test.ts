import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { posture } from '../../contracts/documents/index.ts';
import { collectPosture } from './collect.ts';
import { deviceUnder, isEncrypted, type KernelFiles } from './disk.ts';
import { parseBaseHeader, parseClamdVersion, parseDpkgLog, parseSystem, remoteControlAmong } from './parse.ts';

describe('what the files of a machine say', () => {
  it.each([
    ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n', 'debian 12'],
    ['NAME="Astra Linux"\nID=astra\nID_LIKE=debian\nVERSION_ID=1.7_x86-64\n', 'astra 1.7_x86-64'],
    ['ID=arch\n', 'arch'],
    ['VERSION_ID="12"\n', null],
    ['', null],
  ])('names the system by os-release', (text, system) => {
    expect(parseSystem(text)).toBe(system);
  });

  it.each([
    [
      '2026-10-01 08:00:00 upgrade openssl:amd64 3.0.1 3.0.2\n2026-11-02 09:10:11 install clamav:amd64 <none> 1.0\n2026-11-03 10:00:00 status installed man-db:amd64 2.11\n',
      Date.UTC(2026, 10, 2, 9, 10, 11),
    ],
    ['2026-11-03 10:00:00 status installed man-db:amd64 2.11\n', null],
    ['nothing of dpkg', null],
  ])('tells when something was installed or upgraded last', (text, atMs) => {
    expect(parseDpkgLog(text)).toBe(atMs);
  });

  it.each([
    [
      'ClamAV 1.0.7/27432/Mon Oct 21 08:35:38 2026',
      { engine: 'ClamAV 1.0.7', baseAtMs: Date.UTC(2026, 9, 21, 8, 35, 38) },
    ],
    ['ClamAV 1.0.7', null],
    ['ClamAV 1.0.7/27432/never', null],
    ['UNKNOWN COMMAND', null],
  ])('reads engine and base of clamd from %s', (text, engine) => {
    expect(parseClamdVersion(text)).toEqual(engine);
  });

  it.each([
    ['ClamAV-VDB:16 Sep 2021 08-32 -0400:62:6647427:90:x', Date.UTC(2021, 8, 16, 12, 32)],
    ['ClamAV-VDB:01 Jan 2026 00-00 +0500:1:1:1:x', Date.UTC(2025, 11, 31, 19, 0)],
    ['ClamAV-VDB:16 Foo 2021 08-32 -0400:', null],
    ['PK', null],
  ])('reads the time of a base from its file', (text, atMs) => {
    expect(parseBaseHeader(text)).toBe(atMs);
  });

  it('finds programs of remote control by the names that the kernel has cut', () => {
    const running = ['systemd', 'anydesk', 'chrome-remote-d', 'sshd', 'anydesk'];
    expect(remoteControlAmong(running)).toEqual(['anydesk', 'chrome-remote-desktop']);
    expect(remoteControlAmong(['bash', 'xrd'])).toEqual([]);
  });
});

const mounts = [
  '22 1 254:0 / / rw - ext4 /dev/mapper/root rw',
  '23 22 0:21 / /proc rw - proc proc rw',
  '24 22 8:2 / /var rw - ext4 /dev/sda2 rw',
  '25 24 0:40 / /var/of\\040one rw - tmpfs tmpfs rw',
].join('\n');

/** A machine of files: `a → b` says that the layer a lies on b. */
function machine(devices: Readonly<Record<string, { uuid?: string; on?: readonly string[] }>>): KernelFiles {
  const find = (path: string) => {
    const byNumber = /^\/sys\/dev\/block\/([0-9:]+)\/(dev|dm\/uuid|slaves)$/u.exec(path);
    const byName = /^\/sys\/class\/block\/([0-9_]+)\/dev$/u.exec(path);
    const number = byNumber?.[1] ?? byName?.[1]?.replace('_', ':') ?? '';
    return { device: devices[number], number, what: byNumber?.[2] ?? 'dev' };
  };
  return {
    readText: async (path) => {
      const { device, number, what } = find(path);
      if (device === undefined) return undefined;
      return what === 'dev' ? `${number}\n` : device.uuid;
    },
    list: async (path) => (find(path).device?.on ?? []).map((number) => number.replace(':', '_')),
  };
}

describe('the disk under a folder', () => {
  it('is that of the longest mount point which holds it', () => {
    expect(deviceUnder(mounts, '/var/desk/.qorgan')).toBe('8:2');
    expect(deviceUnder(mounts, '/variable')).toBe('254:0');
    expect(deviceUnder(mounts, '/var/of one/x')).toBe('0:40');
    expect(deviceUnder('', '/x')).toBeUndefined();
  });

  it('is encrypted where every way down passes dm-crypt, and unknown where it cannot be followed', async () => {
    const files = machine({
      '254:0': { uuid: 'LVM-x', on: ['254:1'] },
      '254:1': { uuid: 'CRYPT-LUKS2-x', on: ['8:1'] },
      '8:1': {},
      '8:2': {},
      '9:0': { on: ['254:1', '8:2'] },
      '9:1': { on: ['254:1', '8:9'] },
      '9:9': { on: ['9:9'] },
    });
    const answers = await Promise.all(
      ['254:0', '254:1', '8:2', '9:0', '9:1', '9:9', '0:40', '7:7'].map((one) => isEncrypted(files, one)),
    );
    expect(answers).toEqual([true, true, false, false, null, null, null, null]);
  });
});

describe('this machine', () => {
  it('says how it is, in the shape of a report, within three seconds', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'qorgan-posture-'));
    const startedAtMs = performance.now();
    const collected = await collectPosture(directory);
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    expect(posture.safeParse({ ...collected, version: '0.1.0', clockDriftMs: null }).success).toBe(true);
    expect(collected.remoteControl).not.toBeNull();
    rmSync(directory, { recursive: true });
  });

  it('says of a folder that is not there that its disk is unknown, and throws nothing', async () => {
    expect((await collectPosture('/no/such/folder')).isDiskEncrypted).toBeNull();
  });
});
