import { randomUUID } from 'node:crypto';
import { vaultHost } from '../../contracts/vault-host/index.ts';
import { leaveAtOnce, processPort, serveHost } from '../host/index.ts';
import { localVault, vaultHandlers } from './index.ts';

serveHost({
  contract: vaultHost,
  port: processPort(),
  newIncidentId: randomUUID,
  log: (line) => process.stderr.write(`${line}\n`),
  // Whatever was answered is durable, so there is nothing to tidy: the next opening reads the WAL.
  exit: leaveAtOnce,
  start({ directory }, emit) {
    const vault = localVault({ directory, onQuarantine: (reason) => emit('vault.quarantined', { reason }) });
    return vaultHandlers(vault);
  },
});
