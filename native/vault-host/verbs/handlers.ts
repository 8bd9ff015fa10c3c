import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { VaultHandlers, VaultOutput, VaultRequest } from '../../../contracts/vault-host/index.ts';
import { actsOfPerson, lastActs, type FeedName } from '../cases/index.ts';
import { bindVault } from '../vault/bind.ts';
import { checkDeeply } from '../vault/deep-check.ts';
import { signAsDevice } from '../vault/device-key.ts';
import { cosignHead } from '../vault/cosigner.ts';
import { requireBound, type Bound } from '../vault/opened.ts';
import { rotate } from '../vault/rotate.ts';
import { addSlot, changePassword, checkSlotKey, removeSlot } from '../vault/slot-changes.ts';
import type { Vault } from '../vault/vault.ts';
import { appendAct, getAct, listActs, nextAct } from './acts.ts';
import { checkContact, headsOf, takeCompromise } from './contact.ts';
import { appendEntry, listEntries, nextOutbox, unwitnessedReceipts } from './entries.ts';
import {
  appendEvidence,
  beginEvidence,
  cancelEvidence,
  finishEvidence,
  isEvidenceWhole,
  letEvidenceGo,
  listEvidence,
  noteToldEvidence,
  pauseEvidence,
  readEvidence,
} from './evidence.ts';
import { getPerson, setPerson } from './people.ts';

/**
 * Reading verbs refuse only `vault-closed`: a fault of the disk while reading is a bug report with an incident id, since
 * main can do nothing about it, and an unbound vault is simply empty.
 */
function reading(vault: Vault) {
  return <T>(empty: T, read: (bound: Bound) => T): Result<T, 'vault-closed'> => {
    const result = vault.withOpen(({ bound }) => ok(bound === undefined ? empty : read(bound)));
    if (!result.ok && result.refusal.code === 'vault-disk-failed') return refuse('vault-closed');
    return result as Result<T, 'vault-closed'>;
  };
}

function slotHandlers(
  vault: Vault,
): Pick<VaultHandlers, 'slots.add' | 'slots.remove' | 'slots.check' | 'slots.rewrap' | 'slots.rotate'> {
  const { context } = vault;
  return {
    'slots.add': (input) => vault.withOpen((opened) => addSlot(context, opened, input)),
    'slots.remove': (input) => vault.withOpen((opened) => removeSlot(context, opened, input)),
    'slots.check': ({ key }) => vault.withOpen((opened) => checkSlotKey(opened, key)),
    'slots.rewrap': (input) => vault.withOpen((opened) => changePassword(context, opened, input)),
    'slots.rotate': ({ nowMs }) =>
      vault.withOpen((opened) => {
        rotate(context, opened, { slots: opened.slots.body.slots, why: 'rotated', slotId: null, nowMs });
        return ok(null);
      }),
  };
}

function actHandlers(vault: Vault): Pick<VaultHandlers, 'acts.next' | 'acts.append' | 'acts.list' | 'acts.get'> {
  const read = reading(vault);
  return {
    'acts.next': ({ nowMs }) => withoutDiskFault(vault.withBound((bound) => nextAct(bound, nowMs))),
    'acts.append': (input) => vault.withBound((bound) => appendAct(bound, input)),
    'acts.list': (input) => read({ items: [], total: 0 }, (bound) => listActs(bound, input)),
    'acts.get': ({ actionId }) => {
      const found = read(refuse('act-absent'), (bound) => getAct(bound, actionId));
      return found.ok ? found.value : found;
    },
  };
}

/** For verbs that only read: their disk fault closed the vault. */
function withoutDiskFault<T, Code extends string>(
  result: Result<T, Code | 'vault-disk-failed'>,
): Result<T, Exclude<Code, 'vault-disk-failed'> | 'vault-closed'> {
  if (!result.ok && result.refusal.code === 'vault-disk-failed') return refuse('vault-closed');
  return result as Result<T, Exclude<Code, 'vault-disk-failed'>>;
}

type CaseVerb = keyof VaultHandlers &
  (`cases.${string}` | `access.${string}` | `people.${string}` | `policies.${string}`);

function feedHandlers(
  vault: Vault,
): Pick<VaultHandlers, 'cases.position' | 'cases.apply' | 'access.position' | 'access.apply'> {
  const read = reading(vault);
  const position = (feed: FeedName) => read({ position: 0 }, ({ cases }) => ({ position: cases.position(feed) }));
  const apply = (feed: FeedName, { changes }: VaultRequest<'cases.apply'>) =>
    vault.withBound<VaultOutput<'cases.apply'>, 'log-distrusted' | 'changes-out-of-order'>(({ cases, journal }) =>
      journal.state.standing.length > 0 ? refuse('log-distrusted') : cases.apply(feed, changes),
    );
  return {
    'cases.position': () => position('cases'),
    'cases.apply': (input) => apply('cases', input),
    'access.position': () => position('access'),
    'access.apply': (input) => apply('access', input),
  };
}

function caseHandlers(vault: Vault): Pick<VaultHandlers, CaseVerb> {
  const read = reading(vault);
  const byStatus = { submitted: 0, claimed: 0, returned: 0, approved: 0, refused: 0 };
  return {
    ...feedHandlers(vault),
    'cases.list': (input) => read({ items: [], total: 0, byStatus }, ({ cases }) => cases.list(input)),
    'cases.get': ({ caseId }) => {
      const found = read(refuse('case-absent'), ({ cases }) => cases.get(caseId));
      return found.ok ? found.value : found;
    },
    'cases.ofAction': ({ actionId }) => read({ caseId: null }, ({ cases }) => ({ caseId: cases.ofAction(actionId) })),
    'cases.signature': (wanted) => {
      const found = read(refuse('act-absent'), ({ cases }) => cases.signature(wanted));
      return found.ok ? found.value : found;
    },
    'policies.list': () => read({ items: [] }, ({ cases }) => ({ items: cases.policies.list() })),
    'policies.keep': (acts) => vault.withBound(({ cases }) => cases.policies.keep(acts)),
    'people.acts': (input) => read({ total: 0, items: [] }, (bound) => actsOfPerson(bound, input)),
    'people.lastActs': () => read({ items: [] }, ({ journal }) => lastActs(journal)),
    'access.list': (input) => read({ items: [], mark: 0, hasMore: false }, ({ cases }) => cases.listChanges(input)),
    'access.get': ({ caseId }) => {
      const found = read(refuse('case-absent'), ({ cases }) => cases.getChange(caseId));
      return found.ok ? found.value : found;
    },
  };
}

type EvidenceVerb = keyof VaultHandlers & `evidence.${string}`;

function evidenceHandlers(vault: Vault): Pick<VaultHandlers, EvidenceVerb> {
  const { context } = vault;
  const read = reading(vault);
  return {
    'evidence.begin': (input) => vault.withBound((bound) => beginEvidence(context, bound, input)),
    'evidence.append': (input) => vault.withBound((bound) => appendEvidence(bound, input)),
    'evidence.finish': (input) => vault.withBound((bound) => finishEvidence(context, bound, input)),
    'evidence.cancel': (input) => withoutDiskFault(vault.withBound((bound) => ok(cancelEvidence(bound, input)))),
    'evidence.read': (input) => {
      const found = read(refuse('evidence-absent'), (bound) => readEvidence(context, bound, input));
      return found.ok ? found.value : found;
    },
    'evidence.list': (input) => read({ items: [], total: 0 }, (bound) => listEvidence(context, bound, input)),
    'evidence.pause': (input) => vault.withBound((bound) => pauseEvidence(bound, input)),
    'evidence.told': (input) => vault.withBound((bound) => noteToldEvidence(bound, input)),
    'evidence.letGo': (input) => vault.withBound((bound) => letEvidenceGo(context, bound, input)),
  };
}

function deviceHandlers(
  vault: Vault,
): Pick<VaultHandlers, 'device.sign' | 'heads' | 'contact.check' | 'log.compromised' | 'log.cosign' | 'journal.check'> {
  return {
    'device.sign': ({ message }) =>
      withoutDiskFault(
        vault.withOpen(({ bound, device, epoch }) => {
          const signature = signAsDevice(message, { device: bound?.enrolment.device.device, epoch, key: device });
          return signature === undefined ? refuse('device-message-foreign') : ok({ signature });
        }),
      ),
    heads: () => withoutDiskFault(vault.withBound((bound) => ok(headsOf(bound)))),
    'contact.check': (input) => vault.withBound((bound) => checkContact(bound, input, vault.context.onQuarantine)),
    'log.compromised': (input) => vault.withBound((bound) => takeCompromise(bound, input, vault.context.onQuarantine)),
    'log.cosign': (input) =>
      vault.withOpen((opened) => {
        const bound = requireBound(opened);
        return bound.ok ? cosignHead(bound.value, opened, input) : bound;
      }),
    'journal.check': () =>
      withoutDiskFault(
        vault.withOpen(({ bound, store }) => {
          if (bound === undefined) return refuse('journal-damaged', { where: 'not-bound', sequence: 0 });
          const report = checkDeeply(store, bound.enrolment, (row) => isEvidenceWhole(vault.context, row));
          return report.ok
            ? ok({
                entries: report.value.entries,
                acts: report.value.acts,
                cases: report.value.cases,
                head: report.value.state.entries,
              })
            : report;
        }),
      ),
  };
}

/** Every verb of the contract over one vault. */
export function vaultHandlers(vault: Vault): VaultHandlers {
  const read = reading(vault);
  return {
    'vault.status': () => vault.status(),
    'vault.create': (input) => vault.create(input),
    'vault.bind': (input) => vault.withOpen((opened) => bindVault(opened, input)),
    'vault.slotChallenge': ({ slotId }) => vault.slotChallenge(slotId),
    'vault.open': (key) => vault.open(key),
    'vault.close': () => vault.close(),
    'identity.get': ({ iin }) => withoutDiskFault(vault.withOpen(({ store }) => ok(getPerson(store, iin)))),
    'identity.set': (input) =>
      vault.withOpen(({ store }) => {
        setPerson(store, input);
        return ok(null);
      }),
    'entries.append': (input) => vault.withBound((bound) => appendEntry(bound, input)),
    'entries.list': (input) => read({ items: [], total: 0 }, (bound) => listEntries(bound, input)),
    'outbox.next': ({ limit }) =>
      read({ toSend: [], toProve: [], waiting: 0, overdue: 0 }, (bound) => nextOutbox(bound, limit)),
    'receipts.unwitnessed': (input) => read({ items: [] }, (bound) => unwitnessedReceipts(bound, input)),
    ...slotHandlers(vault),
    ...actHandlers(vault),
    ...caseHandlers(vault),
    ...evidenceHandlers(vault),
    ...deviceHandlers(vault),
  };
}
