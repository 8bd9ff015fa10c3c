import { describe, test } from 'vitest';
import { missingReaderPackages } from '../../dev/virtual-card/index.ts';
import { cardContract } from './contract.ts';
import { openVirtualCardCarrier } from './virtual-card-carrier.ts';

describe('the card contract on the virtual PIV card', () => {
  const missing = missingReaderPackages();
  if (missing.length > 0) {
    process.stderr.write(`SKIPPED: the card contract on the virtual PIV card, not installed: ${missing.join(', ')}\n`);
    test.skip(`needs ${missing.join(', ')}`, () => undefined);
    return;
  }
  cardContract(openVirtualCardCarrier, {
    name: 'virtual PIV card',
    capabilities: ['removal-events', 'locks', 'removal-in-operation'],
    playedCount: 22,
    unplayableCount: 1,
  });
});
