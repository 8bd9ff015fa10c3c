import en from '../../locales/log-verifier/en.json' with { type: 'json' };
import kk from '../../locales/log-verifier/kk.json' with { type: 'json' };
import ru from '../../locales/log-verifier/ru.json' with { type: 'json' };

/** The words of the verifier alone: one small file is easier to read than the catalogue of a whole product. */
const catalogues = { kk, ru, en } as const;

export type VerifierLocale = keyof typeof catalogues;
export type VerifierWord = keyof typeof en;

export function isVerifierLocale(text: string): text is VerifierLocale {
  return Object.hasOwn(catalogues, text);
}

/** One text with its `{places}` filled. */
export function say(
  locale: VerifierLocale,
  id: VerifierWord,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return catalogues[locale][id].replaceAll(/\{([a-zA-Z]+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}
