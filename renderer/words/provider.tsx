import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import { isMessageId, messages, refusalWords, type Locale, type RefusalWords } from '../../locales/index.ts';
import type { PromptWordId, WordId } from './ids.ts';

type Values = Readonly<Record<string, string | number>>;

export type Words = {
  (id: WordId, values?: Values): string;
  readonly locale: Locale;
  readonly prompt: (id: PromptWordId, values?: Values) => string;
  /** The title that main chose for the prompt; its id is data. */
  readonly promptTitle: (id: string, values: Values) => string;
  /** A type of act; one that only a newer server knows is shown by its id. */
  readonly act: (type: string) => string;
  /** A word of the screens whose id came as data; `null` where nobody wrote one. */
  readonly known: (id: string, values?: Values) => string | null;
  /** A job of the staff; a role that only a newer server knows is shown by its id. */
  readonly role: (id: string) => string;
  /** A role inside a certificate. */
  readonly certificateRole: (id: string) => string;
  readonly reason: (code: string) => string;
  /** A word about signatures; an id that only a newer main knows is shown by itself, without its kind. */
  readonly eds: (id: string) => string;
  readonly checkName: (id: string) => string;
  readonly check: (id: string, values: Values) => string;
  readonly refusal: (refusal: { readonly code: string; readonly details?: Values | undefined }) => RefusalWords;
};

const WordsContext = createContext<Words | undefined>(undefined);

/** Words of the nearest provider. */
export function useWords(): Words {
  const words = useContext(WordsContext);
  if (words === undefined) throw new Error('words: no provider above');
  return words;
}

function WordsOfIntl({ locale, children }: { readonly locale: Locale; readonly children: ReactNode }): ReactNode {
  const intl = useIntl();
  const words = useMemo(() => {
    const write = (id: string, values: Values = {}): string => intl.formatMessage({ id }, { ...values });
    const known = (id: string, otherwise: string): string => (isMessageId(id) ? write(id) : otherwise);
    // What the policy takes offence at comes as an id.
    const readable = (details: Values): Values => {
      const { finding } = details;
      return finding === undefined
        ? details
        : { ...details, finding: known(`screens.posture.finding.${finding}`, String(finding)) };
    };
    const parts = {
      locale,
      prompt: (id: PromptWordId, values?: Values): string => write(`prompt.${id}`, values),
      promptTitle: (id: string, values: Values): string => write(`prompt.${id}`, values),
      role: (id: string): string => known(`screens.role.${id}`, id),
      certificateRole: (id: string): string => known(`screens.shift.cert-role.${id}`, id),
      act: (type: string): string => known(`act-types.${type}`, type),
      known: (id: string, values?: Values): string | null =>
        isMessageId(`screens.${id}`) ? write(`screens.${id}`, values) : null,
      reason: (code: string): string => write(`reasons.${code}`),
      eds: (id: string): string => known(`eds.${id}`, id.slice(id.indexOf('.') + 1)),
      checkName: (id: string): string => write(`checks.name.${id}`),
      check: (id: string, values: Values): string => write(`checks.${id}`, values),
      refusal: ({ code, details }: Parameters<Words['refusal']>[0]) =>
        refusalWords(locale, details === undefined ? { code } : { code, details: readable(details) }),
    };
    return Object.assign((id: WordId, values?: Values) => write(`screens.${id}`, values), parts);
  }, [intl, locale]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

/**
 * Gives the words of one language to everything below, and tells the page which language it is in. `onMissing` hears of an
 * id without words; the gallery lists them, so that none reaches a person.
 */
export function WordsProvider(props: {
  readonly locale: Locale;
  readonly onMissing?: ((message: string) => void) | undefined;
  readonly children: ReactNode;
}): ReactNode {
  const { locale, onMissing, children } = props;
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return (
    <IntlProvider
      locale={locale}
      messages={{ ...messages(locale) }}
      onError={(error) => {
        // Chromium carries no number data for Kazakh; numbers, dates and money are written by the kit, so nothing is lost.
        if (error.code !== 'MISSING_DATA') onMissing?.(error.message);
      }}
    >
      <WordsOfIntl locale={locale}>{children}</WordsOfIntl>
    </IntlProvider>
  );
}
