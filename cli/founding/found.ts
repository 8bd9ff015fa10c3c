import { dirname, resolve } from 'node:path';
import { Secret, ok, type Result } from '../../core/kernel/index.ts';
import { octetsInFile } from '../../eds/index.ts';
import { words } from '../../locales/index.ts';
import { cardModules } from '../../main/hosts/index.ts';
import { createServerLog } from '../../server/boot/index.ts';
import { openCardHost } from '../cards/index.ts';
import {
  listenOf,
  misuse,
  readSmallFile,
  refused,
  type Answer,
  type Command,
  type Surroundings,
} from '../kit/index.ts';
import { placeOf, placeOptions, tokenOptions, tokenPlaceOf } from '../server/index.ts';
import type { CardDesk } from './cards.ts';
import { holdCeremony, type Ceremony } from './ceremony.ts';
import { parsePlan, type PlanFile } from './plan.ts';
import { writeProtocol } from './protocol.ts';

const planSizeMaxBytes = 262_144;
/** Base lists of large authorities have megabytes. */
const fileSizeMaxBytes = 67_108_864;

type FilesRead = Pick<Ceremony, 'certificates' | 'revocationLists'>;

async function readFiles(
  plan: PlanFile,
  folder: string,
): Promise<Result<FilesRead, 'file-unreadable' | 'file-too-large'>> {
  const read = async (
    names: readonly string[],
  ): Promise<Result<readonly Uint8Array[], 'file-unreadable' | 'file-too-large'>> => {
    const ders: Uint8Array[] = [];
    for (const name of names) {
      const bytes = await readSmallFile(resolve(folder, name), fileSizeMaxBytes);
      if (!bytes.ok) return bytes;
      ders.push(...(octetsInFile(bytes.value) ?? [bytes.value]));
    }
    return ok(ders);
  };
  const certificates = await read(plan.certificates);
  if (!certificates.ok) return certificates;
  const revocationLists = await read(plan.revocationLists);
  return revocationLists.ok
    ? ok({ certificates: certificates.value, revocationLists: revocationLists.value })
    : revocationLists;
}

/** Whoever sits at the terminal: reads, types PINs that are not shown, and walks over to the workstations. */
function atTerminal(
  around: Surroundings,
  host: CardDesk['host'],
): Pick<Ceremony, 'cards' | 'devices' | 'signing' | 'onStep'> {
  const { locale, tell, askSecret, nowMs } = around;
  const say = (facts: Answer['facts'], lines: readonly string[]): void => tell({ exit: 0, facts, lines });
  return {
    onStep: (step) => say({ step }, [words(locale, `cli.founding.step.${step}`)]),
    cards: {
      ...{ host, nowMs },
      askPin: async ({ name }) => {
        const typed = await askSecret(words(locale, 'cli.founding.pin', { name }));
        return typed === undefined ? undefined : new Secret('pin', typed);
      },
      onAbsent: ({ name }) => say({ event: 'card-awaited' }, [words(locale, 'cli.founding.card', { name })]),
      onRefusal: (refusal) => tell(refused(locale, refusal)),
    },
    devices: {
      invite: async (invitation, name) =>
        say({ event: 'invitation', invitation, name }, [
          words(locale, 'cli.founding.invitation', { name }),
          words(locale, 'cli.server.enrol-code', { code: invitation }),
        ]),
      readOff: async (name) => {
        say({ event: 'fingerprint', name }, [words(locale, 'cli.founding.fingerprint', { name })]);
        const typed = await askSecret('> ');
        return typed === undefined ? undefined : Buffer.from(typed).toString('utf8');
      },
    },
    signing: {
      locale,
      show: ({ name }, text) =>
        say({ event: 'text', name, text }, [words(locale, 'cli.founding.read', { name }), '', text.trimEnd(), '']),
    },
  };
}

/** `qorgan server found`: founds a platform by the cards of two officers and a recovery officer; taken up where it was interrupted. */
export const serverFound: Command = {
  shape: {
    operands: [],
    options: {
      protocol: 'optional',
      ...placeOptions,
      ...tokenOptions,
      plan: 'required',
      cards: 'optional',
      listen: 'optional',
      anew: 'flag',
    },
  },
  run: async (given, around) => {
    const { locale } = around;
    const planPath = given.required('plan');
    const planText = await readSmallFile(planPath, planSizeMaxBytes);
    if (!planText.ok) return misuse(locale, `cli.error.${planText.refusal.code}`, { file: planPath });
    const plan = parsePlan(Buffer.from(planText.value).toString('utf8'));
    if (!plan.ok) return refused(locale, plan.refusal);
    const files = await readFiles(plan.value, dirname(resolve(planPath)));
    if (!files.ok)
      return misuse(locale, `cli.error.${files.refusal.code}`, { file: String(files.refusal.details?.['file']) });
    const token = tokenPlaceOf(given);
    if (!token.ok) return misuse(locale, 'cli.error.log-key-place-malformed');
    const listen = listenOf(given.option('listen') ?? '');
    if (given.option('listen') !== undefined && listen === undefined)
      return misuse(locale, 'cli.error.address-malformed', { address: given.required('listen') });
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const log = createServerLog((line) => void process.stderr.write(line));
    const cards = given.option('cards');
    const host = openCardHost(cardModules(cards === undefined ? [] : [cards]));
    try {
      const held = await holdCeremony({
        ...atTerminal(around, host),
        ...{ plan: plan.value, ...files.value, place: { ...found.place, listen, log } },
        ...{ logKeyToken: token.value, isAnew: given.has('anew') },
      });
      if (!held.ok) return refused(locale, held.refusal);
      const done = { exit: 0, facts: { event: 'founded' }, lines: [words(locale, 'cli.founding.done')] } as const;
      const protocol = given.option('protocol');
      if (protocol === undefined) return done;
      around.tell(done);
      return await writeProtocol(found.place, protocol, locale);
    } finally {
      await host.close();
      found.place.passphrase?.wipe();
    }
  },
};
