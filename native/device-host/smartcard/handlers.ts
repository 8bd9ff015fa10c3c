import type { CardModuleState, SmartcardVerbs, TokenState } from '../../../contracts/device-host/index.ts';
import type { HandlersOf } from '../../../contracts/rpc/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { listCertificates } from './certificates.ts';
import { ensureEd25519, signEd25519 } from './ed25519.ts';
import { agreeOnCard, decryptOnCard } from './keys.ts';
import { withSession } from './login.ts';
import type { CardModule } from './module.ts';
import { signOnCard } from './signing.ts';
import type { WatchedModule } from './watch.ts';

type Listing = { modules: CardModuleState[]; tokens: TokenState[] };

function listTokens(watched: readonly WatchedModule[]): Result<Listing, never> {
  const listing: Listing = { modules: [], tokens: [] };
  for (const { module, look } of watched) {
    // One module that cannot list, for want of its reader service, does not hide the cards of the others.
    listing.tokens.push(...look());
    const api = module.load();
    listing.modules.push({ id: module.id, state: api.ok ? 'loaded' : api.refusal.code });
  }
  return ok(listing);
}

/** The answers to the smart-card verbs, over the modules that are watched. Each runs to its end before the next: a card does one thing at a time. */
export function smartcardHandlers(watched: readonly WatchedModule[]): HandlersOf<SmartcardVerbs> {
  const find = (id: string): CardModule | undefined => watched.find(({ module }) => module.id === id)?.module;
  return {
    'tokens.list': () => listTokens(watched),
    'modules.retry'({ moduleId }) {
      const api = find(moduleId)?.retry() ?? refuse('card-module-missing');
      return api.ok ? ok({}) : api;
    },
    'certificates.list': ({ token }) => listCertificates(find, token),
    'login.check': ({ token, pin }) => withSession(find, { token, login: { pin } }, () => ok({})),
    sign: (input) => signOnCard(find, input),
    decrypt: (input) => decryptOnCard(find, input),
    agree: (input) => agreeOnCard(find, input),
    'ed25519.ensure': (input) => ensureEd25519(find, input),
    'ed25519.sign': (input) => signEd25519(find, input),
  };
}
