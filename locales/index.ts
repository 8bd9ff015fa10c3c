import { en, type Catalogue } from './en.ts';
import { kk } from './kk.ts';
import { ru } from './ru.ts';

/** Languages of the product; the state language first. */
export const locales = ['kk', 'ru', 'en'] as const;
export type Locale = (typeof locales)[number];

/** True for the name of a language that the product speaks. */
export function isLocale(text: string): text is Locale {
  return locales.some((locale) => locale === text);
}

/** `<namespace>.<id>`, as in `reasons.other`; words of refusals are `refusals.<code>.what`, `.why` and `.next`. */
export type MessageId = { [N in keyof Catalogue]: `${N & string}.${keyof Catalogue[N] & string}` }[keyof Catalogue];

export type Messages = Readonly<Record<MessageId, string>>;
export type MessageValues = Readonly<Record<string, string | number>>;

function flatten(catalogue: Catalogue): Messages {
  const pairs = Object.entries(catalogue).flatMap(([namespace, texts]) =>
    Object.entries<string>(texts).map(([id, text]) => [`${namespace}.${id}`, text]),
  );
  return Object.freeze(Object.fromEntries(pairs)) as Messages;
}

const catalogues: Readonly<Record<Locale, Catalogue>> = { kk, ru, en };
/** Made when a language is first asked for: a window starts in one, and need not pay for three. */
const made: Partial<Record<Locale, Messages>> = {};

/** Every text of one language by its id, for FormatJS or for a look-up; frozen, the same object at each call. */
export function messages(locale: Locale): Messages {
  return (made[locale] ??= flatten(catalogues[locale]));
}

/** True for a text that names a message, so that an id that came as data can be looked up. */
export function isMessageId(id: string): id is MessageId {
  return Object.hasOwn(messages('en'), id);
}

function fill(text: string, values: MessageValues): string {
  return text.replace(/\{([a-zA-Z][a-zA-Z0-9]*)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}

/** One text with its `{places}` filled; plain substitution, no plural rules: those need FormatJS and `messages`. */
export function words(locale: Locale, id: MessageId, values: MessageValues = {}): string {
  return fill(messages(locale)[id], values);
}

/** What a person reads about a refusal: what is the matter, why, what to do now. */
export type RefusalWords = { readonly what: string; readonly why: string; readonly next: string };

/** Words of a refusal; a code that the catalogue does not know reads as a fault of ours. */
export function refusalWords(
  locale: Locale,
  refusal: { readonly code: string; readonly details?: MessageValues },
): RefusalWords {
  const code = isMessageId(`refusals.${refusal.code}.what`) ? refusal.code : 'internal';
  const part = (name: string): string => {
    const id = `refusals.${code}.${name}`;
    return isMessageId(id) ? fill(messages(locale)[id], refusal.details ?? {}) : '';
  };
  return { what: part('what'), why: part('why'), next: part('next') };
}
