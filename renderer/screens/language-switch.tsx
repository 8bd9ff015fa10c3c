import type { ReactNode } from 'react';
import { useCommand } from '../bridge/index.ts';
import { Segmented } from '../kit/index.ts';
import { locales, useWords, type Locale } from '../words/index.ts';

/** The three languages, the state language first; the switch works at once on every window. */
export function LanguageSwitch({ locale }: { readonly locale: Locale }): ReactNode {
  const words = useWords();
  const { run } = useCommand('preferences.set');
  return (
    <Segmented
      label={words('frame.language')}
      choices={locales.map((value) => ({ value, label: value }))}
      value={locale}
      onChange={(chosen) => void run({ locale: chosen })}
    />
  );
}
