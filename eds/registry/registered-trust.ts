import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { RoleMapping, TimeStampTrust, TrustConfiguration } from '../verify/index.ts';
import type { Certificate, RoleMap } from '../x509/index.ts';
import type { AuthorityRegistry, RegisteredAuthority } from './authority-registry.ts';
import { roleMaps, type RoleMapId } from './role-maps.ts';

/** What a registry contributes to a trust configuration. */
export type RegisteredTrust = Pick<TrustConfiguration, 'anchors' | 'intermediates' | 'roleMappings'> & {
  readonly timeStamping: Pick<TimeStampTrust, 'policies' | 'issuers'>;
  /** The role map of each imported authority, by key identifier: `roleMappings` in a form that can be written down. */
  readonly roleMaps: readonly { readonly authority: string; readonly map: RoleMapId }[];
};

/**
 * Turns imported certificates into trust by a registry. The registry alone says which of them is an anchor; none is taken on its own word. Refuses the whole
 * import, with the SHA-256 concerned: `authority-not-pinned` for a certificate that the registry does not name, `authority-not-in-force` for
 * one outside of its authority's time at `atMs`, and `authority-key-differs` where the registry gives that certificate another key.
 */
export function trustFromRegistry(request: {
  readonly registry: AuthorityRegistry;
  readonly certificates: readonly Certificate[];
  readonly atMs: number;
}): Result<RegisteredTrust, 'authority-not-pinned' | 'authority-not-in-force' | 'authority-key-differs'> {
  const { registry, certificates, atMs } = request;
  const authorities = new Set<RegisteredAuthority>();
  for (const { sha256, extensions } of certificates) {
    const authority = authorityOf(registry, sha256);
    if (authority === undefined) return refuse('authority-not-pinned', { sha256 });
    if (!(atMs >= authority.validFromMs && atMs <= authority.validUntilMs))
      return refuse('authority-not-in-force', { sha256 });
    if (!authority.keyIdentifiers.includes(extensions.subjectKeyIdentifier ?? ''))
      return refuse('authority-key-differs', { sha256 });
    authorities.add(authority);
  }
  const isAnchor = ({ sha256 }: Certificate): boolean => [...authorities].some((one) => one.anchors.includes(sha256));
  const keys = new Set(certificates.map(({ extensions }) => extensions.subjectKeyIdentifier));
  const stamping = [...authorities].filter(({ timeStampPolicies }) => timeStampPolicies.length > 0);
  return ok({
    anchors: certificates.filter(isAnchor),
    intermediates: certificates.filter((certificate) => !isAnchor(certificate)),
    roleMappings: [...authorities].map(mappingOf),
    timeStamping: {
      policies: [...new Set(stamping.flatMap(({ timeStampPolicies }) => timeStampPolicies))],
      issuers: stamping.flatMap(({ keyIdentifiers }) => keyIdentifiers),
    },
    roleMaps: [...authorities].flatMap(({ keyIdentifiers, roleMap }) =>
      keyIdentifiers.filter((key) => keys.has(key)).map((authority) => ({ authority, map: roleMap })),
    ),
  });
}

/**
 * Who may grant which roles among authorities that were put together by hand: those of the registry as it says, all others by `otherwise`. An authority
 * of the registry never grants roles in the language of another.
 */
export function roleMappingsFor(
  registry: AuthorityRegistry,
  certificates: readonly Certificate[],
  otherwise: RoleMap,
): readonly RoleMapping[] {
  const known = certificates.flatMap(({ sha256 }) => authorityOf(registry, sha256) ?? []);
  const registered = [...new Set(known)].map(mappingOf);
  const keys = new Set(registered.flatMap(({ issuers }) => issuers));
  const others = certificates.flatMap(({ extensions: { subjectKeyIdentifier: key } }) =>
    key === undefined || keys.has(key) ? [] : [key],
  );
  return [...registered, { issuers: others, roles: otherwise }];
}

function authorityOf(registry: AuthorityRegistry, sha256: string): RegisteredAuthority | undefined {
  return registry.authorities.find((one) => one.anchors.includes(sha256) || one.intermediates.includes(sha256));
}

function mappingOf({ keyIdentifiers, roleMap }: RegisteredAuthority): RoleMapping & { issuers: readonly string[] } {
  return { issuers: keyIdentifiers, roles: roleMaps[roleMap] };
}
