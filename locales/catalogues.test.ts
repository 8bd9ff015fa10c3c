import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMessageId, locales, messages, refusalWords, words, type Locale } from './index.ts';

const folder = import.meta.dirname;

/** Templates of what is signed are versioned data of their own, and words that passwords are made of are nothing that is shown. */
const apart = ['signing', 'passwords'];

const namespaces = readdirSync(folder, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && !apart.includes(entry.name) && readdirSync(`${folder}/${entry.name}`).length > 0,
  )
  .map(({ name }) => name);

function texts(namespace: string, locale: Locale): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(`${folder}/${namespace}/${locale}.json`, 'utf8')) as Record<string, string>;
}

/** Names in braces; an ICU argument with a format counts by its name. */
const places = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\s*([a-zA-Z][a-zA-Z0-9]*)\s*[,}]/gu)].map((match) => match[1] ?? ''))].toSorted();

const kazakhLetters = /[әғқңөұүһі]/iu;

describe.each(namespaces)('the words of %s', (namespace) => {
  it('stand in three languages with the same ids', () => {
    for (const locale of locales) expect(existsSync(`${folder}/${namespace}/${locale}.json`), locale).toBe(true);
    const ids = Object.keys(texts(namespace, 'en')).toSorted();
    expect(Object.keys(texts(namespace, 'kk')).toSorted()).toEqual(ids);
    expect(Object.keys(texts(namespace, 'ru')).toSorted()).toEqual(ids);
  });

  it('are not empty, have no stray spaces and name the same places', () => {
    for (const [id, english] of Object.entries(texts(namespace, 'en'))) {
      for (const locale of locales) {
        const text = texts(namespace, locale)[id] ?? '';
        expect(text.trim(), `${locale} ${id}`).not.toBe('');
        expect(text, `${locale} ${id}`).not.toMatch(/^\s|\s\s|\u00AD/u);
        expect(places(text), `${locale} ${id}`).toEqual(places(english));
      }
    }
  });

  it('are assembled by the index', () => {
    const prefix = ['refusals', 'screens'].find((whole) => namespace.startsWith(`${whole}-`)) ?? namespace;
    const missing = Object.keys(texts(namespace, 'en')).filter((id) => !isMessageId(`${prefix}.${id}`));
    expect(missing).toEqual([]);
  });
});

describe('the assembled catalogue', () => {
  it('has no refusal whose words stand in two namespaces', () => {
    const all = namespaces
      .filter((name) => name.startsWith('refusals-'))
      .flatMap((name) => Object.keys(texts(name, 'en')));
    expect(all.filter((id, at) => all.indexOf(id) !== at)).toEqual([]);
  });

  it('is Kazakh where it says so', () => {
    const long = Object.values(messages('kk')).filter((text) => text.length > 60);
    expect(long.filter((text) => !kazakhLetters.test(text))).toEqual([]);
  });

  it('fills places and leaves those without a value visible', () => {
    expect(words('en', 'cli.receipt.good', { number: 7 })).toBe('Good: the act is in the central log, № 7');
    expect(words('en', 'cli.receipt.good')).toContain('{number}');
  });

  it('reads a code that it does not know as a fault of ours', () => {
    expect(refusalWords('en', { code: 'no-such-code' })).toEqual(refusalWords('en', { code: 'internal' }));
    expect(refusalWords('en', { code: 'text-too-large', details: { sizeMax: 5 } }).why).toBe(
      'The limit is 5 characters.',
    );
  });
});
