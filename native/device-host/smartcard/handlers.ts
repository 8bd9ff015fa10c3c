import type { CardModuleState, SmartcardVerbs, TokenState } from '../../../contracts/device-host/index.ts';
import type { HandlersOf } from '../../../contracts/rpc/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { listCertificates } from './certificates.ts';
import { agreeOnCard, decryptOnCard } from './keys.ts';
import { withSession } from './login.ts';
import type { CardModule } from './module.ts';
import { isPkcs11Error } from './refusals.ts';
import { signOnCard } from './signing.ts';
import { readTokens } from './tokens.ts';

type Listing = { modules: CardModuleState[]; tokens: TokenState[] };

function listTokens(modules: readonly CardModule[]): Result<Listing, never> {
  const listing: Listing = { modules: [], tokens: [] };
  for (const module of modules) {
    const api = module.load();
    listing.modules.push({ id: module.id, state: api.ok ? 'loaded' : api.refusal.code });
    try {
      if (api.ok) listing.tokens.push(...readTokens(api.value, module));
    } catch (error) {
      // One module that cannot list, for want of its reader service, must not hide the cards of the others.
      if (!isPkcs11Error(error)) throw error;
    }
  }
  return ok(listing);
}

/** The answers to the smart-card verbs, over the modules given. Each runs to its end before the next: a card does one thing at a time. */
export function smartcardHandlers(modules: readonly CardModule[]): HandlersOf<SmartcardVerbs> {
  const find = (id: string): CardModule | undefined => modules.find((module) => module.id === id);
  return {
    'tokens.list': () => listTokens(modules),
    'modules.retry'({ moduleId }) {
      const api = find(moduleId)?.retry() ?? refuse('card-module-missing');
      return api.ok ? ok({}) : api;
    },
    'certificates.list': ({ token }) => listCertificates(find, token),
    'login.check': ({ token, pin }) => withSession(find, { token, login: { pin } }, () => ok({})),
    sign: (input) => signOnCard(find, input),
    decrypt: (input) => decryptOnCard(find, input),
    agree: (input) => agreeOnCard(find, input),
  };
}
