import { contextTag, readBoolean, tags, type DerReader } from '../der/index.ts';
import { readAddress, type Certificate } from '../x509/index.ts';

/** What a list speaks about (issuingDistributionPoint, RFC 5280 §5.2.5); without one, about all that its authority issued. */
export type ListScope = {
  /** The extension's value: a delta list completes only a base list with the same. Empty without one. */
  readonly der: Uint8Array;
  /** Addresses of which a certificate must name one; `undefined` where none is demanded, empty where it is named in a way that no certificate here can. */
  readonly addresses: readonly string[] | undefined;
  readonly certificates: 'all' | 'holders' | 'authorities' | 'none';
  /** The list holds some reasons of revocation only, so that who is not on it may still be revoked. */
  readonly isForSomeReasons: boolean;
  /** The list holds what other authorities issued, told apart by an extension of its entries. */
  readonly isIndirect: boolean;
};

/** The scope of a list without the extension. */
export const wholeScope: ListScope = {
  der: new Uint8Array(0),
  addresses: undefined,
  certificates: 'all',
  isForSomeReasons: false,
  isIndirect: false,
};

/** Reads an IssuingDistributionPoint; `der` is its value. */
export function readScope(value: DerReader, der: Uint8Array): ListScope {
  const fields = value.enter(tags.sequence);
  const addresses = fields.peek() === contextTag(0) ? readPointName(fields.enter(contextTag(0))) : undefined;
  const flag = (number: number): boolean => {
    const tag = contextTag(number, 'primitive');
    return fields.peek() === tag && readBoolean(fields, tag);
  };
  const isForHolders = flag(1);
  const isForAuthorities = flag(2);
  const someReasons = contextTag(3, 'primitive');
  const isForSomeReasons = fields.peek() === someReasons && fields.content(someReasons).length > 0;
  const isIndirect = flag(4);
  const isForAttributes = flag(5);
  fields.finish();
  const only = isForHolders ? 'holders' : isForAuthorities ? 'authorities' : 'all';
  const certificates = isForAttributes || (isForHolders && isForAuthorities) ? 'none' : only;
  return { der, addresses, certificates, isForSomeReasons, isIndirect };
}

function readPointName(name: DerReader): readonly string[] {
  if (name.peek() !== contextTag(0)) {
    name.skip();
    return [];
  }
  const names = name.enter(contextTag(0));
  const addresses: string[] = [];
  while (names.hasMore) addresses.push(...readAddress(names));
  return addresses;
}

/** True where a certificate's absence from a list with this scope says that it is not revoked. */
export function isWithinScope(scope: ListScope, certificate: Certificate): boolean {
  const { basicConstraints, crlUrls } = certificate.extensions;
  const kind = basicConstraints?.isAuthority === true ? 'authorities' : 'holders';
  const isOfKind = scope.certificates === 'all' || scope.certificates === kind;
  const isNamed = scope.addresses?.some((address) => crlUrls.includes(address)) ?? true;
  return isOfKind && isNamed && !scope.isForSomeReasons && !scope.isIndirect;
}
