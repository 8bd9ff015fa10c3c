import { expect, it } from 'vitest';
import { sha256, testKey, verifyEd25519, type TestKey } from '../../tests/support/index.ts';
import type { PlatformId } from '../kernel/index.ts';
import { documentKeyId } from '../signing/index.ts';
import { logCompromiseText, logOrigin, openLogCompromise, type LogCompromise } from './index.ts';

const platform = 'a1b2c3' as PlatformId;
const about = { platform, profile: 'production', origin: logOrigin('production', platform) } as const;
const [platformKey, logKey] = [testKey('platform'), testKey('log')];
const statement: LogCompromise = { form: 'qorgan.log-compromise/1', ...about, atMs: 1_790_000_000_000 };

function codeOf(text: string, by: TestKey): string {
  const signature = Buffer.from(by.sign(text)).toString('base64');
  const document = { document: text, signatures: [{ key: documentKeyId(sha256, by.publicKey), signature }] };
  const pinned = { about, platformKey: platformKey.publicKey };
  const opened = openLogCompromise({ document, ...pinned, sha256, verifyEd25519 });
  return opened.ok ? opened.value.origin : opened.refusal.code;
}

it('a statement that a log is lost is believed by the pinned platform key, of this very log, and in one spelling', () => {
  const text = logCompromiseText(statement);
  expect(codeOf(text, platformKey)).toBe('qorgan.a1b2c3');
  expect(codeOf(text, logKey)).toBe('log-compromise-invalid');
  const changed: readonly Partial<Record<keyof LogCompromise | 'head', unknown>>[] = [
    { form: 'qorgan.log-key/1' },
    { platform: 'other' },
    { profile: 'demo' },
    { origin: 'qorgan.other' },
    { atMs: -1 },
    { atMs: 'now' },
    { head: '' },
  ];
  for (const change of changed) {
    const other = logCompromiseText({ ...statement, ...change } as LogCompromise);
    expect(codeOf(other, platformKey), JSON.stringify(change)).toBe('log-compromise-invalid');
  }
  expect(codeOf(` ${text}`, platformKey)).toBe('log-compromise-invalid');
});
