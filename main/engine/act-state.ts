import type { HistoryItem } from '../../contracts/ipc/index.ts';
import type { CaseHistoryItem } from '../../contracts/vault-host/index.ts';

/** `logged` is said of own acts with a verified receipt alone; of others the signature was verified, and the rest is the server's word. */
export function actState(state: CaseHistoryItem['state']): HistoryItem['state'] {
  switch (state) {
    case null:
      return 'accepted';
    case 'promised':
    case 'overdue':
      return 'sent';
    case 'recorded':
    case 'logged':
    case 'refused':
    case 'superseded':
      return state;
  }
}
