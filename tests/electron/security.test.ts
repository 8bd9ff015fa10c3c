import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApplication, type DrivenApplication } from '../../dev/run/index.ts';
import { displayOfTests } from './display.ts';
import { obstacle, user } from './user.ts';

let application: DrivenApplication;
const profileDirectory = mkdtempSync(join(tmpdir(), 'qorgan-security-'));

beforeAll(async () => {
  application = await launchApplication({ profileDirectory, display: await displayOfTests(), user });
  await application.operator.waitForFunction(() => document.querySelector('#root')?.childElementCount !== 0);
});

afterAll(async () => {
  await application.close();
  rmSync(profileDirectory, { recursive: true, force: true });
});

/** What the kernel says of a process. */
function kernelOn(pid: number): { readonly uid: string; readonly filters: string; readonly namespaces: string } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S+)`, 'mu').exec(status)?.[1] ?? '';
  const namespaces = ['user', 'pid', 'net'].map((name) => readlinkSync(`/proc/${pid}/ns/${name}`));
  return { uid: field('Uid'), filters: field('Seccomp'), namespaces: namespaces.join(' ') };
}

describe('a window of the application', () => {
  it('has its page in a process that the kernel confines: no root, filtered calls, namespaces of its own', async (context) => {
    if (obstacle !== undefined) return context.skip(obstacle);
    const pids = await application.electron.evaluate(({ BrowserWindow }) => ({
      main: process.pid,
      page: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
    }));
    const [main, page] = [kernelOn(pids.main), kernelOn(pids.page)];
    expect(main.uid).not.toBe('0');
    expect(page).toMatchObject({ uid: main.uid, filters: '2' });
    const shared = page.namespaces.split(' ').filter((one) => main.namespaces.includes(one));
    expect(shared).toEqual([]);
  });

  it('has no Node and no Electron in its page', async () => {
    const names = ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'electron', 'ipcRenderer'];
    const found = await application.operator.evaluate((list) => list.filter((name) => name in globalThis), names);
    expect(found).toEqual([]);
  });

  it('gives the page named calls only, and refuses every other name', async () => {
    const keys = await application.operator.evaluate(() =>
      Object.keys((globalThis as unknown as { qorgan: object }).qorgan).sort(),
    );
    expect(keys).toEqual(['call', 'on']);
    const answer = await application.operator.evaluate(async () => {
      const bridge = (globalThis as unknown as { qorgan: { call: (verb: string, input: unknown) => Promise<unknown> } })
        .qorgan;
      try {
        return await bridge.call('prompt.submit', null);
      } catch (error) {
        return error instanceof Error ? error.message : 'thrown';
      }
    });
    expect(answer).toContain('no such verb');
  });

  it('cannot be led away from its page', async () => {
    const { operator } = application;
    const before = operator.url();
    await operator.evaluate(() => void (location.href = 'https://example.com/'));
    await operator.evaluate(() => void (location.href = 'file:///etc/passwd'));
    await operator.waitForTimeout(300);
    expect(operator.url()).toBe(before);
    expect(before).toBe('app://qorgan/operator.html');
  });

  it('cannot open another window', async () => {
    const opened = await application.operator.evaluate(() => window.open('https://example.com/') === null);
    expect(opened).toBe(true);
    expect(application.electron.windows()).toHaveLength(1);
  });

  it('is granted no permission', async () => {
    const states = await application.operator.evaluate(async () => {
      const asked = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi'] as const;
      const answers = await Promise.all(
        asked.map((name) => navigator.permissions.query({ name: name as PermissionName }).then((one) => one.state)),
      );
      const camera = await navigator.mediaDevices.getUserMedia({ video: true }).then(
        () => 'granted',
        (error: unknown) => (error instanceof Error ? error.name : 'refused'),
      );
      return [...answers, camera];
    });
    expect(states.filter((state) => state === 'granted')).toEqual([]);
  });

  it('carries a content security policy with a nonce that no other response has', async () => {
    const policies = await application.electron.evaluate(async ({ BrowserWindow }) => {
      const session = BrowserWindow.getAllWindows()[0]?.webContents.session;
      const responses = await Promise.all([1, 2].map(async () => session?.fetch('app://qorgan/operator.html')));
      return responses.map((response) => response?.headers.get('content-security-policy') ?? '');
    });
    const nonces = policies.map((policy) => /'nonce-([^']+)'/u.exec(policy)?.[1]);
    expect(nonces[0]).toBeTruthy();
    expect(nonces[0]).not.toBe(nonces[1]);
    for (const policy of policies) {
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("connect-src 'none'");
      expect(policy).not.toMatch(/unsafe-/u);
    }
  });

  it('runs no script that was put into it, and reaches no network', async () => {
    const answers = await application.operator.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.planted = true';
      document.head.append(script);
      const reached = await fetch('https://127.0.0.1:1/').then(
        () => 'reached',
        () => 'refused',
      );
      return { planted: 'planted' in globalThis, reached };
    });
    expect(answers).toEqual({ planted: false, reached: 'refused' });
  });

  it('reads no file outside of the built pages', async () => {
    const statuses = await application.electron.evaluate(async ({ BrowserWindow }) => {
      const session = BrowserWindow.getAllWindows()[0]?.webContents.session;
      const paths = ['../../package.json', '%2e%2e/%2e%2e/package.json', '..%2f..%2fpackage.json', 'nothing.html'];
      return Promise.all(paths.map(async (path) => (await session?.fetch(`app://qorgan/${path}`))?.status));
    });
    expect(statuses.every((status) => status === 404)).toBe(true);
  });

  it('has every switch of its page set to the safe side', async () => {
    const preferences = await application.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag, allowRunningInsecureContent } =
        contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag, allowRunningInsecureContent };
    });
    expect(preferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
    });
  });

  it('keeps nothing of the page on disk', async () => {
    const isPersistent = await application.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.session.isPersistent(),
    );
    expect(isPersistent).toBe(false);
  });
});
