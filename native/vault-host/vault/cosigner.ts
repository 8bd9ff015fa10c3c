import { sign } from 'node:crypto';
import { assert, ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { JournalTreeHead } from '../../../core/journal/index.ts';
import {
  cosignNote,
  formatNote,
  formatNoteKey,
  parseNote,
  noteKey,
  noteKeyTypes,
  workstationCosigner,
} from '../../../core/log/index.ts';
import {
  canonicalize,
  documentKeyId,
  signedDocument,
  type CosignerRecord,
  type SignedDocument,
} from '../../../core/signing/index.ts';
import type { VaultOutput, VaultRequest } from '../../../contracts/vault-host/index.ts';
import { sha256 } from '../hash.ts';
import { deviceKeyText, newDeviceKey, readDeviceKey, type DeviceKey } from './device-key.ts';
import { containsHead, readCheckpoint, type Enrolment } from './enrolment.ts';
import { metaNames, type Bound } from './opened.ts';
import type { Store } from '../journal/store.ts';

/** The key by which this workstation cosigns tree heads, made at the first opening that misses it. Never leaves, like the device key. */
export function cosignerKeyOf(store: Store): DeviceKey {
  const kept = store.meta(metaNames.cosignerKey);
  if (kept !== undefined) return readDeviceKey(kept);
  const made = newDeviceKey();
  store.write(() => store.setMeta(metaNames.cosignerKey, deviceKeyText(made)));
  return made;
}

/** The newest tree head that was verified here: the journal's, or the one that was cosigned last. */
export function knownTree({ enrolment, journal }: Bound): JournalTreeHead {
  const note = journal.store.meta(metaNames.cosignedHead);
  const cosigned = note === undefined ? undefined : readCheckpoint(enrolment, note);
  const { treeHead } = journal.state;
  // Binding journals the first checkpoint, so there always is one.
  const known = treeHead ?? { size: 0, root: '', note: '' };
  return cosigned?.ok === true && cosigned.value.size > known.size ? cosigned.value : known;
}

function cosignerRecord(enrolment: Enrolment, device: DeviceKey, keyText: string): SignedDocument {
  const { platform, profile, device: id, epoch } = enrolment.device;
  const record: CosignerRecord = { form: 'qorgan.cosigner/1', platform, profile, device: id, epoch, key: keyText };
  const text = canonicalize(record);
  const signature = sign(null, Buffer.from(text, 'utf8'), device.privateKey);
  return signedDocument(text, documentKeyId(sha256, device.publicKey), signature);
}

/** The note with the log's own Ed25519 signature alone: what others signed is theirs to show, and would only make it long. */
function bareHead({ logPins }: Enrolment, text: string): string {
  const note = parseNote(text);
  assert(note.ok, 'vault: the note was read before');
  const signatures = note.value.signatures.filter(({ name, id }) =>
    logPins.some(({ key }) => name === key.name && id === key.id),
  );
  return formatNote({ text: note.value.text, signatures });
}

type Keys = { readonly device: DeviceKey; readonly cosigner: DeviceKey };

/** Cosigns a head that contains the newest one known here; that head is durable before anybody can see the cosignature. */
export function cosignHead(
  bound: Bound,
  keys: Keys,
  input: VaultRequest<'log.cosign'>,
): Result<VaultOutput<'log.cosign'>, 'log-distrusted' | 'log-forked' | 'entry-malformed'> {
  const { enrolment, journal } = bound;
  const next = readCheckpoint(enrolment, input.note);
  if (!next.ok) return next;
  const known = knownTree(bound);
  // What was seen before the log lied is what everybody shall learn of it.
  const isKnown = next.value.size === known.size && next.value.root === known.root;
  if (journal.state.standing.length > 0 && !isKnown) return refuse('log-distrusted');
  if (!containsHead(known, next.value, input.hashes))
    return refuse('log-forked', { known: known.size, shown: next.value.size });
  const head = bareHead(enrolment, input.note);
  if (journal.store.meta(metaNames.cosignedHead) !== head)
    journal.store.write(() => journal.store.setMeta(metaNames.cosignedHead, head));
  const name = workstationCosigner(enrolment.bundle.log.origin, enrolment.device.device);
  const key = noteKey(sha256, { name, publicKey: keys.cosigner.publicKey, type: noteKeyTypes.cosignature });
  const note = cosignNote({
    note: head,
    key,
    atSeconds: Math.floor(input.atMs / 1_000),
    sign: (message) => sign(null, Buffer.from(message), keys.cosigner.privateKey),
  });
  if (!note.ok) return refuse('entry-malformed');
  const { document, signatures } = cosignerRecord(enrolment, keys.device, formatNoteKey(key));
  return ok({ cosigner: { document, signatures: [...signatures] }, note: note.value });
}
