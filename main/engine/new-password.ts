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
  former: Secret<'password'> | null = null,
): Result<null> {
  const { commonName = '' } = signer.certificate.subject;
  // Compared as text, which cannot be wiped (docs/THREATS.md).
  const textOf = (secret: Secret<'password'>): string => secret.use((bytes) => new TextDecoder().decode(bytes));
  const previous = former === null ? {} : { previous: textOf(former) };
  const owner = { name: commonName, iin: signer.iin ?? '', ...previous };
  return checkPassword(textOf(password), { owner, rules, texts: passwordTexts });
}
