export { checkJournal, type CheckJournalFault, type JournalCheck } from './check-journal.ts';
export { durable, type Durability } from './disk.ts';
export { kdfDefault, localVault, type LocalVaultOptions } from './local.ts';
export { Vault } from './vault/vault.ts';
export { vaultHandlers } from './verbs/handlers.ts';
