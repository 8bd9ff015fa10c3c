import { useEffect, useState, type ReactNode } from 'react';
import type { PromptView } from '../../contracts/ipc/index.ts';
import { passwordFaults, passwordLengthMax, type PasswordRefusal } from '../../core/access/index.ts';
import { passwordTexts } from '../../locales/passwords/index.ts';
import { State } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import type { Fields } from './use-submit.ts';

/** Which rules what stands in the fields breaks; `null` while nothing does. Nothing of what was typed is kept. */
export type Faults = readonly PasswordRefusal[] | null;

/** Judges what is typed where it is typed: it leaves neither its field nor this window. */
export function faultsOf(
  { signer, passwordRules }: Pick<PromptView, 'signer' | 'passwordRules'>,
  typed: { readonly password: string; readonly former: string },
): Faults {
  if (passwordRules === null || typed.password === '') return null;
  const previous = typed.former === '' ? {} : { previous: typed.former };
  const owner = { name: signer.commonName, iin: signer.iin ?? '', ...previous };
  return passwordFaults(typed.password, { owner, rules: { ...passwordRules, historyMax: 1 }, texts: passwordTexts });
}

const shown = ['password-too-short', 'password-common', 'password-similar'] as const;

/** The rules of a password that is chosen, each with whether it is met so far; the server has the last word. */
export function PasswordRules(props: {
  readonly view: PromptView;
  readonly fields: Fields;
  /** True while what was typed is on its way: the fields are empty then. */
  readonly isBusy: boolean;
}): ReactNode {
  const words = useWords();
  const { view, fields, isBusy } = props;
  const { passwordRules: rules } = view;
  const [faults, setFaults] = useState<Faults>(null);
  useEffect(() => {
    const [password, former] = [fields.password.current, fields.former.current];
    const judge = (): void =>
      setFaults(faultsOf(view, { password: password?.value ?? '', former: former?.value ?? '' }));
    judge();
    for (const field of [password, former]) field?.addEventListener('input', judge);
    return () => {
      for (const field of [password, former]) field?.removeEventListener('input', judge);
    };
  }, [fields, view, isBusy]);
  if (rules === null) return null;
  const isTooLong = faults?.includes('password-too-long') === true;
  const values = { lengthMin: rules.lengthMin, lengthMax: passwordLengthMax };
  const similar = view.kind === 'change-password' ? 'rules.password-similar.former' : 'rules.password-similar';
  return (
    <section className="prompt-rules small" aria-label={words.prompt('rules.title')}>
      <ul className="plain-list" aria-live="polite">
        {(isTooLong ? (['password-too-long'] as const) : shown).map((rule) => {
          const tone = faults === null ? 'quiet' : faults.includes(rule) ? 'waiting' : 'good';
          const said = faults === null ? '' : words.prompt(faults.includes(rule) ? 'rules.broken' : 'rules.met');
          return (
            <li key={rule}>
              <State tone={tone}>{words.prompt(rule === 'password-similar' ? similar : `rules.${rule}`, values)}</State>
              <span className="visually-hidden">{said}</span>
            </li>
          );
        })}
      </ul>
      <p className="quiet">{words.prompt('rules.server')}</p>
    </section>
  );
}
