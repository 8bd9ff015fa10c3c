import type { VaultRequest, VaultOutput } from '../../../contracts/vault-host/index.ts';
import type { Store } from '../journal/store.ts';

type PersonRow = { readonly recognition_phrase: string | null; readonly preferences: string | null };

/** What a person chose; nobody outside the vault holds it. */
export function getPerson(store: Store, iin: string): VaultOutput<'identity.get'> {
  const row = store.get<PersonRow>('select recognition_phrase, preferences from people where iin = ?', iin);
  return { recognitionPhrase: row?.recognition_phrase ?? null, preferences: row?.preferences ?? null };
}

const upsertPerson = `insert into people (iin, recognition_phrase, preferences) values (?, ?, ?) on conflict (iin) do update
  set recognition_phrase = coalesce(excluded.recognition_phrase, recognition_phrase), preferences = coalesce(excluded.preferences, preferences)`;

export function setPerson(store: Store, input: VaultRequest<'identity.set'>): void {
  store.run(upsertPerson, input.iin, input.recognitionPhrase, input.preferences);
}
