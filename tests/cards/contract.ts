import { runCases, type Expectation } from './bench.ts';
import type { Carrier } from './carrier.ts';
import { leavingCases } from './leaving-cases.ts';
import { listingCases } from './listing-cases.ts';
import { openingCases } from './opening-cases.ts';
import { pinCases } from './pin-cases.ts';
import { signingCases } from './signing-cases.ts';

/** What every card must do, whatever plays it: the same cases, but for those whose capability a carrier lacks. */
export function cardContract(open: () => Promise<Carrier>, expected: Expectation): void {
  const groups = {
    'a card that is inserted': listingCases,
    'a signature': signingCases,
    'a key that opens': openingCases,
    'a PIN': pinCases,
    'a card that leaves': leavingCases,
  };
  runCases(groups, open, expected);
}
