import { randomUUID } from 'node:crypto';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { processPort, serveHost } from '../../native/host/index.ts';
import { virtualReader } from './contract.ts';
import { PivCard } from './piv-card.ts';
import { ReaderLink } from './reader-link.ts';
import { startReaderService, type ReaderService } from './reader-service.ts';

type Inserted = { readonly card: PivCard; readonly link: ReaderLink };

/**
 * A hand needs a second to change or pull a card. A change faster than the service looks is no removal to it; and OpenSC 0.23 locks
 * itself up when a card leaves within the milliseconds in which it reads it for the first time: the host's pulse ends that, this reader
 * does not provoke it by chance.
 */
const handMs = 1_000;

let service: ReaderService | undefined;

function openSlots() {
  const slots: [Inserted | undefined, Inserted | undefined] = [undefined, undefined];
  const at = <T>(slot: 0 | 1, use: (inserted: Inserted) => T): Result<T, 'card-absent'> => {
    const inserted = slots[slot];
    return inserted === undefined ? refuse('card-absent') : ok(use(inserted));
  };
  return { slots, at };
}

serveHost({
  contract: virtualReader,
  port: processPort(),
  newIncidentId: randomUUID,
  log: (line) => void process.stderr.write(`${line}\n`),
  exit(code) {
    service?.stop();
    process.exit(code);
  },
  async start({ directory }) {
    const reader = await startReaderService(directory);
    service = reader;
    const { slots, at } = openSlots();
    return {
      describe: () => ok({ socketFile: reader.socketFile }),
      async insertNew({ slot, card: definition }) {
        if (slots[slot] !== undefined) {
          slots[slot].link.remove();
          await new Promise((resolve) => setTimeout(resolve, handMs));
        }
        const card = new PivCard(definition);
        const link = new ReaderLink(reader.ports[slot], card);
        slots[slot] = { card, link };
        await link.insert();
        return ok({});
      },
      async insertAgain({ slot }) {
        const inserted = at(slot, ({ link }) => link.insert());
        if (!inserted.ok) return inserted;
        await inserted.value;
        return ok({});
      },
      async remove({ slot }) {
        await new Promise((resolve) => setTimeout(resolve, handMs));
        return at(slot, ({ link }) => (link.remove(), {}));
      },
      leaveAtKeyUse: ({ slot }) => at(slot, ({ card }) => (card.leaveAtKeyUse(), {})),
      unblock: ({ slot }) => at(slot, ({ card }) => (card.unblock(), {})),
      attemptsLeft: ({ slot }) => at(slot, ({ card }) => card.attemptsLeft),
    };
  },
});
