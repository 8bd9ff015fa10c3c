import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { initPlatform, realSurroundings, serverVersion } from '../../server/boot/index.ts';
import { testFolder } from './support/platform.ts';

const nobody = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;

test('a production platform works from the first start to a receipt and refuses the demonstration at its four marks', async () => {
  const file = join(import.meta.dirname, 'support', 'production-child.ts');
  const options = { ...(isRoot ? nobody : {}), env: { PATH: '/usr/bin:/bin', HOME: '/tmp' } };
  const { stdout } = await promisify(execFile)(process.execPath, [file], options);
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
    init: 'ok',
    'init again': 'platform-exists',
    'opened as demo': 'profile-differs',
    origin: expect.stringMatching(/^qorgan\./u),
    'demo anchor': 'demo-in-production',
    'demo envelope': 'refused:act-other-profile',
    'demo log': 'refused:act-other-platform',
    'other platform': 'refused:act-other-platform',
    'demo certificate': 'refused:certificate-foreign',
    'own act': 'accepted',
    receipt: true,
    'beside the server': 'ok',
    'second server': 'server-running',
    'demo opened as production': 'profile-differs',
  });
});

test.skipIf(!isRoot)('a production platform does not run as root', async () => {
  const directory = testFolder();
  const made = await initPlatform({
    directory,
    profile: 'production',
    operatorName: 'АҚ',
    url: 'https://127.0.0.1:7443',
    surroundings: realSurroundings,
  });
  rmSync(directory, { recursive: true, force: true });
  expect(made).toMatchObject({ ok: false, refusal: { code: 'root-in-production' } });
});

test('the server tells the version of the package', () => {
  expect(serverVersion).toBe(packageJson.version);
});
