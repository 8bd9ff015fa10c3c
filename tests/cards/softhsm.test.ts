import { existsSync } from 'node:fs';
import { describe, test } from 'vitest';
import { softHsmModuleFile } from '../../dev/softhsm/index.ts';
import { cardContract } from './contract.ts';
import { openSoftHsmCarrier } from './softhsm-carrier.ts';

describe('the card contract on SoftHSM', () => {
  if (!existsSync(softHsmModuleFile)) {
    process.stderr.write('SKIPPED: the card contract on SoftHSM, because the package softhsm2 is not installed\n');
    test.skip('needs the package softhsm2', () => undefined);
    return;
  }
  cardContract(openSoftHsmCarrier, {
    name: 'SoftHSM',
    capabilities: ['wide-rsa'],
    playedCount: 20,
    unplayableCount: 3,
  });
});
