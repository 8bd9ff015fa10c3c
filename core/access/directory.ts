/** What a record comes to at one moment. */
export type RecordStanding = 'active' | 'ahead' | 'blocked' | 'dismissed' | 'ended' | 'idle';

/** A person as a list of people needs him. */
export type ListedPerson = {
  readonly iin: string;
  readonly name: string;
  readonly employeeNumber: string | null;
  readonly roles: readonly string[];
  readonly standing: RecordStanding;
  readonly contract: { readonly number: string; readonly party: string } | null;
  readonly validUntilMs: number | null;
  readonly endsSoon: boolean;
};

export type DirectoryQuest = {
  readonly query: string;
  readonly roles: readonly string[];
  readonly standings: readonly RecordStanding[];
  readonly onlyContractors: boolean;
  readonly onlyEndingSoon: boolean;
  readonly sort: 'name' | 'ends-first';
};

type Times = { readonly validFromMs: number; readonly validUntilMs: number | null };

/** A block and a dismissal outweigh the dates of the record, and these whether its person was here. */
export function standingOf(
  record: Times & { readonly standing: 'active' | 'dismissed' },
  person: { readonly isBlocked: boolean; readonly isIdle: boolean },
  nowMs: number,
): RecordStanding {
  if (record.standing === 'dismissed') return 'dismissed';
  if (person.isBlocked) return 'blocked';
  if (nowMs < record.validFromMs) return 'ahead';
  if (record.validUntilMs !== null && record.validUntilMs <= nowMs) return 'ended';
  return person.isIdle ? 'idle' : 'active';
}

const fold = (text: string): string => text.normalize('NFC').toLocaleLowerCase('kk');

function isFound(person: ListedPerson, query: string): boolean {
  if (query === '') return true;
  const digits = query.replace(/[\s\u202F]/gu, '');
  const { name, employeeNumber, contract } = person;
  const texts = [name, employeeNumber ?? '', contract?.number ?? '', contract?.party ?? ''];
  return (/^\d+$/u.test(digits) && person.iin.includes(digits)) || texts.some((text) => fold(text).includes(query));
}

/** The people whom a quest finds, in its order; those whose right never ends come last where it sorts by the end. */
export function findPeople<P extends ListedPerson>(people: readonly P[], quest: DirectoryQuest): readonly P[] {
  const query = fold(quest.query.trim());
  const endOf = ({ validUntilMs }: P): number => validUntilMs ?? Number.POSITIVE_INFINITY;
  const byName = (a: P, b: P): number => a.name.localeCompare(b.name, 'kk') || (a.iin < b.iin ? -1 : 1);
  const byEnd = (a: P, b: P): number => (endOf(a) === endOf(b) ? byName(a, b) : endOf(a) - endOf(b));
  return people
    .filter((person) => isFound(person, query))
    .filter(({ roles }) => quest.roles.length === 0 || roles.some((role) => quest.roles.includes(role)))
    .filter(({ standing }) => quest.standings.length === 0 || quest.standings.includes(standing))
    .filter(({ contract }) => !quest.onlyContractors || contract !== null)
    .filter(({ endsSoon }) => !quest.onlyEndingSoon || endsSoon)
    .toSorted(quest.sort === 'name' ? byName : byEnd);
}
