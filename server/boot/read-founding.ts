import { join } from 'node:path';
import type { PolicyDocument, StaffGrant } from '../../core/access/index.ts';
import { ok, refuse, toHex, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { leafHash, rootOf } from '../../core/log/index.ts';
import type { DeviceRecord } from '../../core/signing/index.ts';
import type { FoundingSignature, FoundingStatement } from '../../core/replay/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { judgeFounding, readSignedDocuments, type LoggedDocument } from '../accounts/index.ts';
import { parseFoundingDocument } from '../../contracts/documents/index.ts';
import { openFrozenLog, type FrozenLog } from '../log/index.ts';
import type { Desk } from '../platform/index.ts';
import { readGrants } from './founding.ts';
import { folders, openDesk, type OpenRefusal, type PlatformPlace } from './open-desk.ts';

/** A founding as the log holds it. Everything of it stands in the log for good, so that it reads the same at any time. */
export type FoundingRecord = {
  readonly statement: FoundingStatement;
  /** SHA-256 of the text that the cards signed. */
  readonly statementHash: Sha256Hex;
  readonly signatures: readonly Pick<FoundingSignature, 'iin' | 'certificate'>[];
  readonly people: readonly StaffGrant[];
  readonly devices: readonly DeviceRecord[];
  readonly policy: { readonly record: PolicyDocument; readonly hash: string };
  readonly leafIndex: number;
  readonly leafHash: Sha256Hex;
  /** Root of the tree that ends with the founding. */
  readonly root: Sha256Hex;
};

type ReadRefusal = OpenRefusal | 'platform-not-founded' | 'log-unpublished' | 'log-files-differ';

/** The record, where the log holds this very leaf. */
function recordOf(
  { signed, leafIndex, opening }: LoggedDocument,
  log: FrozenLog,
  given: { readonly desk: Desk; readonly records: Awaited<ReturnType<typeof readGrants>> },
): FoundingRecord | undefined {
  const judged = judgeFounding({ text: signed.document, leafIndex }, given.records, given.desk.identity);
  const document = parseFoundingDocument(signed.document);
  if (!judged.ok || !document.ok || leafIndex >= log.size) return undefined;
  if (log.readEntries(leafIndex, leafIndex + 1)[0] !== opening.leaf) return undefined;
  const { statement, base } = judged.value;
  const policy = base.policies.at(-1);
  if (policy === undefined) return undefined;
  return {
    statement,
    statementHash: sha256Hex(document.value.statement),
    signatures: document.value.signatures,
    people: [...base.people.values()].map(({ record }) => record),
    devices: [...base.devices.values()].map(({ record }) => record.record),
    policy,
    leafIndex,
    leafHash: toHex(leafHash(sha256, opening.leaf)) as Sha256Hex,
    root: toHex(rootOf({ sha256, readHash: log.readHash, size: leafIndex + 1 })) as Sha256Hex,
  };
}

/** Reads the founding of a platform, beside a running server or without one; the log itself is only read. */
export async function readFounding(place: PlatformPlace): Promise<Result<FoundingRecord, ReadRefusal>> {
  const opened = await openDesk(place, undefined);
  if (!opened.ok) return opened;
  const { desk, store } = opened.value;
  try {
    const log = openFrozenLog(join(place.directory, folders.log), desk.logKey);
    if (!log.ok) return log;
    try {
      const { documents } = await readSignedDocuments(desk, 'founding');
      const given = { desk, records: await readGrants(desk) };
      for (const document of documents) {
        const record = recordOf(document, log.value, given);
        if (record !== undefined) return ok(record);
      }
      return refuse('platform-not-founded');
    } finally {
      log.value.close();
    }
  } finally {
    await store.close();
  }
}
