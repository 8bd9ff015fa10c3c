import { createHash } from 'node:crypto';
import type { EvidenceDescriptor } from '../../core/evidence/index.ts';
import type { CaseId, Sha256Hex } from '../../core/kernel/index.ts';
import { registrar } from './acts.ts';
import { startMs } from './platform.ts';
import type { TestVault } from './vault.ts';

const hashOf = (bytes: Uint8Array): Sha256Hex => createHash('sha256').update(bytes).digest('hex') as Sha256Hex;

/** Bytes that a number tells, of any size, the same each time. */
export function bytesOf(n: number, sizeBytes: number, text = ''): Buffer {
  const bytes = Buffer.alloc(sizeBytes, `${text} ${n} `);
  bytes.writeUInt32BE(n, 0);
  return bytes;
}

export function descriptorOf(bytes: Uint8Array, changes: Partial<EvidenceDescriptor> = {}): EvidenceDescriptor {
  return {
    form: 'qorgan.evidence-descriptor/1',
    sha256: hashOf(bytes),
    sizeBytes: bytes.length,
    mediaType: 'image/png',
    class: 'screenshot',
    reason: 'Карточка заявителя',
    capturedAtMs: startMs,
    case: null as CaseId | null,
    ...changes,
  };
}

export const person = { iin: registrar, certificate: hashOf(Buffer.from('certificate')) };

/** Brings bytes into the vault in parts; answers what the vault said at the end. */
export async function bring(
  vault: TestVault,
  bytes: Buffer,
  options: { readonly descriptor?: EvidenceDescriptor; readonly partBytes?: number; readonly atMs?: number } = {},
) {
  const { descriptor = descriptorOf(bytes), partBytes = 100_000, atMs = startMs } = options;
  const { draft } = await vault.must('evidence.begin', { sizeBytes: bytes.length });
  for (let offset = 0; offset < bytes.length; offset += partBytes)
    await vault.must('evidence.append', {
      draft,
      offset,
      bytes: Uint8Array.from(bytes.subarray(offset, offset + partBytes)),
    });
  return vault.call('evidence.finish', { draft, descriptor, person, atMs });
}

/** The whole of a piece, read in parts. */
export async function readWhole(vault: TestVault, { sha256, sizeBytes }: EvidenceDescriptor): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < sizeBytes; offset += 150_000)
    parts.push((await vault.must('evidence.read', { sha256, offset, limit: 150_000 })).bytes);
  return Buffer.concat(parts);
}
