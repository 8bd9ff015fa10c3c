import { createReadStream } from 'node:fs';
import type { SlotKey, SlotSummary } from '../../contracts/vault-host/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';
import { isMessageId, refusalWords, words, type Locale } from '../../locales/index.ts';
import { checkJournal, type JournalCheck } from '../../native/vault-host/index.ts';
import { readSmallFile, type Answer, type Arguments, type Command, type Surroundings } from '../kit/index.ts';
import { cardSlotKey } from './card-key.ts';

const privateKeySizeMaxBytes = 16_384;

/** Answers that say something about the journal; any other says that it could not be opened. */
const faults = new Set(['journal-damaged', 'slots-malformed', 'slots-tampered', 'slots-rolled-back']);

/** Why no key could be had: remembered here, since the check only learns that there was none. */
type Key = { readonly value?: SlotKey; readonly refusal?: Refusal };

async function keyFor(
  slots: readonly SlotSummary[],
  file: string,
  given: Arguments,
  around: Surroundings,
): Promise<Key> {
  const { locale, askSecret } = around;
  const recoveryFile = given.option('recovery-key');
  if (recoveryFile !== undefined) {
    const slot = slots.find(({ kind }) => kind === 'recovery');
    const privateKey = await readSmallFile(recoveryFile, privateKeySizeMaxBytes);
    if (!privateKey.ok) return { refusal: privateKey.refusal };
    return slot === undefined
      ? {}
      : { value: { kind: 'recovery', slotId: slot.id, privateKey: Uint8Array.from(privateKey.value) } };
  }
  const byPassphrase =
    given.option('cards') === undefined ? slots.find(({ kind }) => kind === 'passphrase') : undefined;
  if (byPassphrase !== undefined) {
    const passphrase = await askSecret(words(locale, 'cli.journal.passphrase'));
    return passphrase === undefined
      ? {}
      : { value: { kind: 'passphrase', slotId: byPassphrase.id, passphrase: Uint8Array.from(passphrase) } };
  }
  const key = await cardSlotKey({
    file,
    slots,
    cards: given.option('cards'),
    askSecrets: async () => {
      const pin = await askSecret(words(locale, 'cli.journal.pin'));
      const password = pin === undefined ? undefined : await askSecret(words(locale, 'cli.journal.password'));
      return pin === undefined || password === undefined ? undefined : { pin, password };
    },
  });
  return key.ok ? { value: key.value } : { refusal: key.refusal };
}

function good(locale: Locale, report: JournalCheck): Answer {
  const { entries, acts } = report;
  if (report.quarantine === null)
    return {
      exit: 0,
      facts: { journal: { ...report } },
      lines: [words(locale, 'cli.journal.good', { entries, acts })],
    };
  const { what, next } = refusalWords(locale, { code: report.quarantine });
  return {
    exit: 1,
    facts: { reason: report.quarantine, journal: { ...report } },
    lines: [words(locale, 'cli.journal.bad', { reason: what }), words(locale, 'cli.next', { next })],
  };
}

function notGood(locale: Locale, refusal: Refusal): Answer {
  const isFault = faults.has(refusal.code);
  const { what, why, next } = refusalWords(locale, refusal);
  const { where, sequence } = refusal.details ?? {};
  const place = `refusals.${where ?? ''}.what`;
  const detail =
    where === undefined
      ? []
      : [
          words(locale, 'cli.journal.where', {
            sequence: sequence ?? 0,
            what: isMessageId(place) ? words(locale, place) : where,
          }),
        ];
  return {
    exit: isFault ? 1 : 2,
    facts: { reason: refusal.code, ...(refusal.details === undefined ? {} : { details: refusal.details }) },
    lines: [
      words(locale, isFault ? 'cli.journal.bad' : 'cli.journal.cannot-tell', { reason: what }),
      why,
      ...detail,
      words(locale, 'cli.next', { next }),
    ],
  };
}

/** Where the disk gives every byte of the file and the journal still cannot be read, the bytes are at fault and not the disk. */
async function judged(refusal: Refusal, file: string): Promise<Refusal> {
  if (refusal.code !== 'vault-disk-failed') return refusal;
  try {
    for await (const chunk of createReadStream(file)) void chunk;
    return { code: 'journal-damaged' };
  } catch {
    return refusal;
  }
}

/** `qorgan journal check FILE`: on a private copy, by a passphrase, a card, or the recovery officer's key. */
export const journalCheck: Command = {
  shape: { operands: ['FILE'], options: { cards: 'optional', 'recovery-key': 'optional' } },
  run: async (given, around) => {
    const [file = ''] = given.operands;
    let key: Key = {};
    const checked = await checkJournal({
      file,
      key: async (slots) => {
        key = await keyFor(slots, file, given, around);
        return key.value;
      },
    });
    if (checked.ok) return good(around.locale, checked.value);
    return notGood(around.locale, key.refusal ?? (await judged(checked.refusal, file)));
  },
};
