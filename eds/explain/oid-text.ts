import { nationalOidNames } from './national-oid-names.ts';
import { oidNames } from './oid-names.ts';

const nameOf = (oid: string): string | undefined => nationalOidNames[oid] ?? oidNames[oid];

/** The name of an object identifier; of one that has none, the name of the nearest arc of the national register above it and the rest; else the dotted text. */
export function oidName(oid: string): string {
  const exact = nameOf(oid);
  if (exact !== undefined) return exact;
  let arc = oid;
  // An identifier has at most 64 octets, so as many arcs.
  while (arc.startsWith('1.2.398.')) {
    arc = arc.slice(0, arc.lastIndexOf('.'));
    const name = nationalOidNames[arc];
    if (name !== undefined) return `${name}${oid.slice(arc.length)}`;
  }
  return oid;
}

/** Dotted text with the name beside it. */
export function oidText(oid: string): string {
  const name = oidName(oid);
  return name === oid ? oid : `${oid} ${name}`;
}
