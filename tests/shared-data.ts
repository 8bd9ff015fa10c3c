import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The folder of optional test data that nobody here made (certificates, signatures, faces), or `undefined` where it is
 * absent: such a test then skips loudly. The only place in the project that names a path outside of it.
 */
export function sharedData(): string | undefined {
  const folder = process.env['QORGAN_SHARED_DATA'] ?? resolve(import.meta.dirname, '../../shared/data');
  return existsSync(folder) ? folder : undefined;
}
