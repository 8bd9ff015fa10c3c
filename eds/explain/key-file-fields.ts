import type { Fields } from './fields.ts';
import type { ElementLine, FaultLine } from './tree.ts';

/** Arcs of PKCS#12 and PKCS#5 whose members say what a file holds and how it is locked. */
const bags = '1.2.840.113549.1.12.10.1.';
const ciphers = ['1.2.840.113549.1.12.1.', '1.2.840.113549.1.5.13'];
const digests = '2.16.840.1.101.3.4.2.';

/**
 * The outline of a key file (PFX, RFC 7292 §4) without its password: what is in the clear, told from its identifiers. False where the elements are not
 * those of a key file: a version 3 and a content of type data first.
 */
export function keyFileFields(tree: readonly (ElementLine | FaultLine)[], fields: Fields): boolean {
  const elements = tree.filter((line) => line.kind === 'element');
  const [outer, version, content, type] = elements;
  const isKeyFile =
    outer?.type === 'SEQUENCE' &&
    version?.type === 'INTEGER' &&
    version.value === '3' &&
    content?.depth === 1 &&
    type?.value?.startsWith('1.2.840.113549.1.7.1 ') === true;
  if (!isKeyFile) return false;
  for (const { type: kind, value } of elements) {
    if (kind !== 'OBJECT IDENTIFIER' || value === undefined) continue;
    const [oid = ''] = value.split(' ');
    if (oid.startsWith(bags)) fields.oid('bag', oid);
    else if (ciphers.some((arc) => oid.startsWith(arc))) fields.oid('encryption', oid);
    else if (oid.startsWith(digests) || oid === '1.3.14.3.2.26') fields.oid('digest-algorithm', oid);
  }
  return true;
}
