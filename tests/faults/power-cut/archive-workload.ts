import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sha256Hex } from '../../../core/kernel/index.ts';
import { createTestCa } from '../../../dev/ca/index.ts';
import { moveDue, releaseHoldOf, type ArchivePlace } from '../../../server/archive/index.ts';
import { openAdministration, realSurroundings } from '../../../server/boot/index.ts';
import { openBlobStore } from '../../../server/evidence/index.ts';
import { syncFolder } from '../../../server/keys/index.ts';
import { must } from '../../server/support/platform.ts';
import { testStamps } from '../../server/support/stamps.ts';

/** What the archive has answered so far: segments that were found whole, and may be in the database from now on. */
export type Told = { readonly segments: readonly { readonly name: string; readonly sha256: string }[] };

const [directory = '', folder = '', acknowledgements = '', holds = ''] = process.argv.slice(2);
let told: Told = { segments: [] };

function tell(change: Partial<Told>): void {
  told = { ...told, ...change };
  appendFileSync(acknowledgements, `${JSON.stringify(told)}\n`);
}

const online = openBlobStore(join(directory, 'evidence'));
const blobs = openBlobStore(join(folder, 'evidence'));
const archiveFolder = join(folder, 'archive');

/** The recorder sees the ciphertexts come, as an upload brings them: durable before anything moves. */
async function bring(): Promise<void> {
  const names: Sha256Hex[] = [];
  for await (const blob of online.list()) names.push(blob);
  for (const blob of names) {
    writeFileSync(blobs.pathOf(blob), readFileSync(online.pathOf(blob)), { flush: true });
    syncFolder(dirname(blobs.pathOf(blob)));
  }
}

/** A segment may be recorded once its time-stamp was judged as the last thing of the reading back. */
function tellWhole(): void {
  const segments = readdirSync(archiveFolder)
    .filter((name) => name.endsWith('.zst'))
    .map((name) => ({
      name,
      sha256: createHash('sha256')
        .update(readFileSync(join(archiveFolder, name)))
        .digest('hex'),
    }));
  if (JSON.stringify(segments) !== JSON.stringify(told.segments)) tell({ segments });
}

await bring();
tell({});
const administration = must(await openAdministration({ directory, surroundings: realSurroundings }));
const opened = must(await administration.archive());
const stamps = testStamps(
  createTestCa({ demo: true, now: () => Date.now(), keys: 'ec-p256' }),
  () => Math.floor(Date.now() / 1_000) * 1_000,
);
const place: ArchivePlace = {
  ...opened,
  folder: archiveFolder,
  blobs,
  stamps: {
    ask: stamps.ask,
    judge: (content, token, nowMs) => {
      tellWhole();
      return stamps.judge(content, token, nowMs);
    },
  },
};
for (const id of holds.split(',')) {
  must(await releaseHoldOf(place.desk, { id, basis: 'released' }));
  must(await moveDue(place));
}
await administration.close();
