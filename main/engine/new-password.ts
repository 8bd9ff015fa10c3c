import { checkPassword, passwordRulesDefault, type PasswordRules } from '../../core/access/index.ts';
import type { Result, Secret } from '../../core/kernel/index.ts';
import { passwordTexts } from '../../locales/passwords/index.ts';
import type { CardSigner } from './cards.ts';

/**
 * Asks the rules of the server before a way into the vault is made by a password: the same one is set there, and what it refuses
 * would leave two. History is the server's to compare.
 */
export function checkNewPassword(
  signer: CardSigner,
  password: Secret<'password'>,
  rules: PasswordRules = passwordRulesDefault,
): Result<null> {
  const { commonName = '' } = signer.certificate.subject;
  // Compared as text, which cannot be wiped (docs/THREATS.md).
  const text = password.use((bytes) => new TextDecoder().decode(bytes));
  return checkPassword(text, { owner: { name: commonName, iin: signer.iin ?? '' }, rules, texts: passwordTexts });
}
