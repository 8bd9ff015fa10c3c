import { equalBytes } from '../../core/kernel/index.ts';
import { oids, readOid, readText, tags, type DerReader } from '../der/index.ts';

/** One attribute of a distinguished name. */
export type NameAttribute = { readonly oid: string; readonly value: string };

/** A distinguished name: its attributes in order, and its octets for exact comparison. */
export type Name = { readonly der: Uint8Array; readonly attributes: readonly NameAttribute[] };

const nameAttributesMax = 64;

export function readName(reader: DerReader): Name {
  const from = reader.offset;
  const attributes: NameAttribute[] = [];
  const sets = reader.enter(tags.sequence);
  while (sets.hasMore) {
    const set = sets.enter(tags.set);
    if (!set.hasMore) set.fail('der-value-malformed');
    while (set.hasMore) attributes.push(readAttribute(set));
    if (attributes.length > nameAttributesMax) sets.fail('der-too-many-elements');
  }
  return { der: reader.bytes.subarray(from, reader.offset), attributes };
}

function readAttribute(set: DerReader): NameAttribute {
  const pair = set.enter(tags.sequence);
  const attribute = { oid: readOid(pair), value: readText(pair) };
  pair.finish();
  return attribute;
}

/**
 * True where two names hold the same attributes. Order and string type are left aside: the national authority writes the issuer of some
 * certificates in another order than its own subject, and what binds a certificate to its issuer is the key identifier and the signature.
 */
export function isSameName(a: Name, b: Name): boolean {
  if (equalBytes(a.der, b.der)) return true;
  const sorted = (name: Name): string =>
    name.attributes
      .map((one) => JSON.stringify([one.oid, one.value]))
      .toSorted()
      .join();
  return sorted(a) === sorted(b);
}

/** The person or organisation that a certificate names, in the national profile. */
export type Subject = {
  /** Surname and name as the authority wrote them together. */
  readonly commonName: string | undefined;
  readonly surname: string | undefined;
  /** What the authority writes into givenName: the patronymic. */
  readonly givenName: string | undefined;
  readonly organisation: string | undefined;
  /** Twelve digits of the IIN as written; published test certificates carry some with a wrong control digit, so parse before trusting it as one. */
  readonly iin: string | undefined;
  /** Twelve digits of the BIN as written. */
  readonly bin: string | undefined;
  readonly country: string | undefined;
};

/** Reads the subject by attribute OIDs, never from text. An attribute that occurs twice with different values counts as absent: nobody can say which one was meant. */
export function subjectOf(name: Name): Subject {
  const single = (oid: string): string | undefined => {
    const values = new Set(name.attributes.filter((one) => one.oid === oid).map((one) => one.value));
    return values.size === 1 ? [...values][0] : undefined;
  };
  const prefixed = (oid: string, pattern: RegExp): string | undefined => {
    const values = new Set(
      name.attributes.flatMap((one) => (one.oid === oid ? [pattern.exec(one.value)?.[1] ?? []].flat() : [])),
    );
    return values.size === 1 ? [...values][0] : undefined;
  };
  return {
    commonName: single(oids.commonName),
    surname: single(oids.surname),
    givenName: single(oids.givenName),
    organisation: single(oids.organisation),
    iin: prefixed(oids.serialNumber, /^IIN([0-9]{12})$/u),
    bin: prefixed(oids.organisationalUnit, /^BIN([0-9]{12})$/u),
    country: single(oids.country),
  };
}
