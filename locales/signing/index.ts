import en from './en.json' with { type: 'json' };
import kk from './kk.json' with { type: 'json' };
import ru from './ru.json' with { type: 'json' };

/**
 * Texts that signers read before they sign, by language and version. Acts name the version that they were shown by:
 * a text that was ever used is never changed, a new wording is a new version.
 */
export const signingTexts: Readonly<Record<'kk' | 'ru' | 'en', Readonly<Record<string, string>>>> = { kk, ru, en };
