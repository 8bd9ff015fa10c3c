import type {
  AccessCase,
  AccessChange,
  AccessCommand,
  DeviceGrant,
  EmergencyOpening,
  StaffGrant,
} from '../access/index.ts';
import { canonicalize, type Json } from '../kernel/index.ts';
import { policyTexts } from './shown-policy.ts';
import { momentText, type ShownValues, type ShownWords } from './shown.ts';

/** The words of a text, and the version of it. */
type Wording = { readonly words: ShownWords; readonly version: number };

/** What an act on rights is about: of a proposal or a block its own payload, of any other act the case. */
export type ShownAccess = Exclude<AccessCase, { status: 'absent' }>;

/** Each text of the record as it will be, and beside it (`…Was`) the one before where that differs. */
function besideBefore(after: ShownValues, before: ShownValues | undefined): ShownValues {
  if (before === undefined) return after;
  const same = (name: string): boolean =>
    canonicalize((before[name] ?? null) as Json) === canonicalize((after[name] ?? null) as Json);
  const was = Object.keys(after).map((name) => [`${name}Was`, same(name) ? undefined : before[name]] as const);
  return { ...after, ...Object.fromEntries(was) };
}

function staffValues(record: StaffGrant, words: ShownWords): ShownValues {
  const { contract, validUntilMs } = record;
  const none = words('none');
  return {
    name: record.name,
    iin: record.iin,
    employeeNumber: record.employeeNumber ?? none,
    roles: record.roles.length === 0 ? none : record.roles.map((role) => words(`job.${role}`) ?? role).join(', '),
    certificates: record.certificates.length === 0 ? [none ?? ''] : record.certificates,
    from: momentText(record.validFromMs),
    until: validUntilMs === null ? words('no-end') : momentText(validUntilMs),
    standing: words(`standing.${record.standing}`),
    contract: contract === null ? none : `${contract.number}, ${contract.party}: ${contract.scope}`,
  };
}

function deviceValues({ record, location, custodian, standing }: DeviceGrant, words: ShownWords): ShownValues {
  return {
    name: record.name,
    device: record.device,
    deviceKind: words(`device.${record.kind}`),
    publicKey: record.publicKey,
    epoch: record.epoch,
    enrolledAt: momentText(record.enrolledAtMs),
    location,
    custodian,
    standing: words(`standing.${standing}`),
  };
}

function openingValues({ name, iin, server, reason, openedAtMs }: EmergencyOpening): ShownValues {
  return { opener: name, openerIin: iin, server, openedFor: reason, openedAt: momentText(openedAtMs) };
}

function changeValues(change: AccessChange, wording: Wording): ShownValues {
  const { words } = wording;
  switch (change.kind) {
    case 'staff': {
      const before = change.before === null ? undefined : staffValues(change.before.record, words);
      const values = besideBefore(staffValues(change.record, words), before);
      return { ...values, isNew: before === undefined ? words('new-record') : undefined };
    }
    case 'device': {
      const before = change.before === null ? undefined : deviceValues(change.before.record, words);
      const values = besideBefore(deviceValues(change.record, words), before);
      return { ...values, isNew: before === undefined ? words('new-record') : undefined };
    }
    case 'policy':
      return policyTexts(change, wording);
    case 'release':
      return {
        name: change.name,
        iin: change.iin,
        acts: change.acts.map(({ type, claimedAtMs, id, device, sequence, hash }) => {
          const title = words(`act.${type}`) ?? type;
          return `${title}, ${momentText(claimedAtMs)}, ${id}, ${device} № ${sequence}, SHA-256 ${hash}`;
        }),
      };
    case 'review':
      return {
        people: change.people.map(({ name, iin, roles, decision }) => {
          const held = roles.map((role) => words(`job.${role}`) ?? role).join(', ');
          return `${name}, ${iin} (${held}): ${words(`decision.${decision}`) ?? decision}`;
        }),
      };
    case 'alarm':
      return { ...openingValues(change.record), leaf: change.leaf };
  }
}

/** The templates of an act on rights, in the order in which they are read. */
export function accessTemplates({ type }: AccessCommand, about: ShownAccess): readonly string[] {
  return 'change' in about ? [type, `access.body.${about.change.kind}`, 'access.foot'] : [type, 'access.foot'];
}

/** The values of the places of those templates. */
export function accessValues(command: AccessCommand, about: ShownAccess, wording: Wording): ShownValues {
  const note = 'note' in command.payload ? command.payload.note.trim() : undefined;
  const values = 'change' in about ? changeValues(about.change, wording) : { name: about.name, iin: about.iin };
  // The time of the proposal is no part of it: before its receipt the desk knows another than the server.
  const { reason, basis, author } = about;
  return { ...values, reason, basis, author, note };
}

/** What an act of an envelope is about, where its case is not needed for that. */
export function aboutOf(
  command: AccessCommand,
  state: AccessCase,
  by: { readonly actor: ShownAccess['author']; readonly atMs: number },
): ShownAccess | undefined {
  const author = { author: by.actor, proposedAtMs: by.atMs };
  if (command.type === 'access.propose') return { status: 'proposed', ...author, ...command.payload, end: null };
  if (command.type === 'access.block') return { status: 'blocked', ...author, ...command.payload };
  return state.status === 'absent' ? undefined : state;
}
