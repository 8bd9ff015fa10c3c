import type { PasswordRules } from '../../core/access/index.ts';
import type { PromptView } from '../../contracts/ipc/index.ts';
import type { Result } from '../../core/kernel/index.ts';
import { certificateView, findSigner, type CardSigner } from './cards.ts';
import type { Engine } from './context.ts';

/** The demo person whose card this is, where this workstation is of a demo. */
function demoHint(engine: Engine, signer: CardSigner): PromptView['demoHint'] {
  const name = signer.certificate.subject.commonName ?? '';
  const found = engine.files.demoCredentials().find((one) => name !== '' && one.name.startsWith(name));
  return found === undefined ? null : { pin: found.pin, password: found.password };
}

/** Everything that the sealed prompt shows, with the card as it is at this moment: its attempts, or why it cannot be used. */
export async function promptView(
  engine: Engine,
  signer: CardSigner,
  rest: Pick<PromptView, 'kind' | 'title' | 'text' | 'textHash' | 'recognitionPhrase'> & {
    readonly asks: Omit<PromptView['asks'], 'pin'>;
    /** Where a password is chosen. */
    readonly passwordRules?: PasswordRules | undefined;
  },
): Promise<PromptView> {
  const now: Result<CardSigner> = await findSigner(engine, signer.id);
  const shown = now.ok ? now.value : { ...signer, unusable: now.refusal };
  const { locale, colourScheme } = engine.state.preferences;
  const { passwordRules: rules, ...shownAs } = rest;
  return {
    ...shownAs,
    passwordRules:
      rules === undefined ? null : { lengthMin: rules.lengthMin, ownCharactersMin: rules.ownCharactersMin },
    locale,
    colourScheme,
    signer: certificateView(shown, true),
    asks: { pin: !shown.token.hasPinPad, ...rest.asks },
    demoHint: demoHint(engine, signer),
  };
}
