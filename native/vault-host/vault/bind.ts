import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { journalStart, type EntryOf } from '../../../core/journal/index.ts';
import { formatNoteKey } from '../../../core/log/index.ts';
import type { SignedDocument } from '../../../core/signing/index.ts';
import type { VaultOutput } from '../../../contracts/vault-host/index.ts';
import { Cases } from '../cases/index.ts';
import { EvidenceDrafts } from '../evidence/index.ts';
import { ActsTable } from '../journal/acts-table.ts';
import { EvidenceTable } from '../journal/evidence-table.ts';
import { Journal } from '../journal/journal.ts';
import {
  fitsVault,
  feedRuleOf,
  identityOf,
  readCheckpoint,
  readEnrolment,
  wantedLevel,
  type Enrolment,
  type EnrolmentFault,
} from './enrolment.ts';
import type { Opened } from './opened.ts';

export type EnrolmentView = NonNullable<VaultOutput<'vault.status'>['enrolment']>;

export function enrolmentView(enrolment: Enrolment): EnrolmentView {
  const { bundle, device, document, deviceRecordHash } = enrolment;
  return {
    platform: bundle.platform,
    device: device.device,
    deviceName: device.name,
    operatorName: bundle.operatorName,
    logOrigin: bundle.log.origin,
    logKeys: enrolment.logPins.slice(1).map(({ key, fromSize }) => ({ key: formatNoteKey(key), fromSize })),
    bundle: { document: document.document, signatures: document.signatures.map((signature) => ({ ...signature })) },
    deviceRecordHash,
  };
}

/** Starts both chains on the device record. The same bundle again changes nothing; another one is refused. */
export function bindVault(
  opened: Opened,
  input: { readonly bundle: SignedDocument; readonly nowMs: number },
): Result<EnrolmentView, EnrolmentFault | 'vault-bound'> {
  if (opened.bound !== undefined) {
    const { enrolment } = opened.bound;
    return enrolment.document.document === input.bundle.document ? ok(enrolmentView(enrolment)) : refuse('vault-bound');
  }
  const read = readEnrolment(input.bundle);
  if (!read.ok) return read;
  const enrolment = read.value;
  const fit = fitsVault(enrolment, {
    profile: opened.profile,
    epoch: opened.epoch,
    publicKey: opened.device.publicKey,
  });
  if (!fit.ok) return fit;
  const checkpoint = readCheckpoint(enrolment, enrolment.bundle.checkpoint);
  if (!checkpoint.ok) return refuse('bundle-malformed');
  const { note, size, root } = checkpoint.value;
  const identity = identityOf(enrolment);
  const journal = new Journal(opened.store, identity, {
    state: journalStart(identity.start),
    acts: new ActsTable(opened.store, [], wantedLevel(enrolment)),
    evidence: new EvidenceTable(opened.store, []),
  });
  const entries: EntryOf[] = [
    { kind: 'enrolled', body: { bundle: input.bundle, slotsVersion: opened.slots.body.version } },
    { kind: 'checkpoint', body: { note, size, root } },
  ];
  journal.append(
    entries.map((entry) => ({ entry })),
    input.nowMs,
  );
  const cases = new Cases(journal, feedRuleOf(enrolment));
  opened.bound = { enrolment, journal, cases, drafts: new EvidenceDrafts() };
  return ok(enrolmentView(enrolment));
}
