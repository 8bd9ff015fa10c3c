import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** The running SHA-256 of a file as it is now. */
export async function hashingFile(path: string): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part);
  return hash;
}

/** SHA-256 of a file in hexadecimal. */
export async function hashOfFile(path: string): Promise<string> {
  return (await hashingFile(path)).digest('hex');
}
