import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMessageId, locales, messages } from '../../locales/index.ts';
import { deviceHost } from '../device-host/index.ts';
import { endpoints } from '../http/index.ts';
import { vaultVerbs } from '../vault-host/index.ts';
import { isRefusalCode, refusals } from './index.ts';

const root = resolve(import.meta.dirname, '../..');

function sources(folder: string): readonly string[] {
  return readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/u.test(path) && !/\.test\.tsx?$/u.test(path))
    .map((path) => `${folder}/${path}`);
}

/** Codes that the text hands to `refuse`, written out. */
export function refusedCodes(text: string): readonly string[] {
  return [...text.matchAll(/\brefuse\(\s*'([a-z0-9-]+)'/gu)].map((match) => match[1] ?? '');
}

describe('the catalogue of refusals', () => {
  const codes = Object.keys(refusals);

  it('says what is the matter, why and what to do next, in three languages', () => {
    const missing = codes.flatMap((code) =>
      ['what', 'why', 'next'].flatMap((part) => {
        const id = `refusals.${code}.${part}`;
        const isThere = isMessageId(id) && locales.every((locale) => messages(locale)[id].trim() !== '');
        return isThere ? [] : [id];
      }),
    );
    expect(missing).toEqual([]);
  });

  it('names its codes in kebab-case', () => {
    expect(codes.filter((code) => !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u.test(code))).toEqual([]);
  });

  it('has words for no code that is not in it', () => {
    const spoken = new Set(
      Object.keys(messages('en')).flatMap((id) => /^refusals\.(.+)\.(?:what|why|next)$/u.exec(id)?.[1] ?? []),
    );
    expect([...spoken].filter((code) => !isRefusalCode(code))).toEqual([]);
  });

  it('has every code that the product refuses with; eds and the command line have words of their own', () => {
    const folders = ['core', 'contracts', 'native', 'main', 'server', 'renderer'];
    const unknown = folders.flatMap(sources).flatMap((path) =>
      refusedCodes(readFileSync(resolve(root, path), 'utf8'))
        .filter((code) => !isRefusalCode(code))
        .map((code) => `${path}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  it('has every code that a door of the server or a host declares', () => {
    const doors: readonly { readonly refusals: readonly string[] }[] = [
      ...Object.values(endpoints),
      ...Object.values(deviceHost.verbs),
      ...Object.values(vaultVerbs),
    ];
    expect(doors.flatMap((door) => door.refusals).filter((code) => !isRefusalCode(code))).toEqual([]);
  });

  it('would find a code that is in no catalogue', () => {
    expect(refusedCodes("return refuse('no-such-code', { a: 1 });")).toEqual(['no-such-code']);
    expect(isRefusalCode('no-such-code')).toBe(false);
  });
});
