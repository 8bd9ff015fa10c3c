import { appendFileSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { recordSizeBytes } from '../../../core/evidence/index.ts';
import { openBlobStore } from '../../../server/evidence/index.ts';
import { openUpload, passOf, pathOf, plainOf, uploads, type UploadTold } from './upload-world.ts';

// Uploads in chunks of one to three records, alone or two under one flush, three under way at once, some closed and opened again; each
// whole one becomes a blob.
const [folder = '', acknowledgements = '', count = String(uploads)] = process.argv.slice(2);
let told: UploadTold = { offsets: {}, blobs: [], refused: 0 };

function tell(change: Partial<UploadTold>): void {
  told = { ...told, ...change };
  appendFileSync(acknowledgements, `${JSON.stringify(told)}\n`);
}

/** What the disk refuses is told as refused, and asked for once more. */
async function twice(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    tell({ refused: told.refused + 1 });
    await work();
  }
}

const blobs = openBlobStore(folder);

async function keep(upload: number): Promise<void> {
  const { sealed } = await passOf(folder, upload);
  await blobs.put(pathOf(folder, upload), sealed);
  const { [upload]: _, ...offsets } = told.offsets;
  tell({ offsets, blobs: [...told.blobs, sealed] });
  await unlink(pathOf(folder, upload));
}

async function run(upload: number): Promise<void> {
  const plain = plainOf(upload);
  let file = await openUpload(folder, upload);
  for (let chunk = 0; !file.isWhole(); chunk += 1) {
    const at = file.offsetBytes();
    const end = at + (1 + ((upload + chunk) % 3)) * recordSizeBytes;
    const second = upload % 2 === 0 && end < plain.length ? [plain.subarray(end, end + recordSizeBytes)] : [];
    await twice(() => file.append(plain.subarray(at, end), ...second));
    tell({ offsets: { ...told.offsets, [upload]: file.offsetBytes() } });
    if (chunk % 2 === 1) {
      await file.close();
      file = await openUpload(folder, upload);
    }
    // Others go on meanwhile.
    if (upload % 3 === 0 && upload + 1 < Number(count) && chunk === 0) await run(upload + 1);
  }
  await file.close();
  await twice(() => keep(upload));
}

tell({});
for (let upload = 0; upload < Number(count); upload += 1) if (upload % 3 !== 1) await run(upload);
