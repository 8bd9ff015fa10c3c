import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { createFieldReader, type FieldReader } from './fields.ts';
import { isRoleMapId, type RoleMapId } from './role-maps.ts';

/** One accredited authority: a generation of its keys with what they may do. */
export type RegisteredAuthority = {
  readonly name: string;
  /** Key identifiers of its certificates, lower-case hexadecimal. */
  readonly keyIdentifiers: readonly string[];
  /** SHA-256 of its certificates that end a path, lower-case hexadecimal. */
  readonly anchors: readonly string[];
  /** SHA-256 of its certificates that lead to an anchor. */
  readonly intermediates: readonly string[];
  /** How its extended key usages name roles. */
  readonly roleMap: RoleMapId;
  /** Policies under which time-stamping authorities that it certifies are believed. */
  readonly timeStampPolicies: readonly string[];
  /** When it may be taken into a trust configuration. What it signed within that time stays judged by its certificates. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** Where its certificates were published. */
  readonly source: string;
};

/** `qorgan.authorities/1`: which authorities an operator accepts. Versions only grow; whoever uses a registry keeps the highest that he has seen. */
export type AuthorityRegistry = {
  readonly form: 'qorgan.authorities/1';
  readonly version: number;
  readonly authorities: readonly RegisteredAuthority[];
};

/** The state registry lists some thirty authorities with a few generations of keys each. */
const authoritiesMax = 256;
const pinsMax = 16;
/** The year 9999. */
const timeMaxMs = 253_402_300_799_999;

const patterns = {
  form: /^qorgan\.authorities\/1$/u,
  line: /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u,
  sha256: /^[0-9a-f]{64}$/u,
  // Octets of the national authority's identifiers: 4 before 2022, 20 since.
  keyIdentifier: /^(?:[0-9a-f]{2}){4,64}$/u,
  oid: /^[0-2](?:\.(?:0|[1-9][0-9]{0,38})){1,32}$/u,
  source: /^https:\/\/[!-~]{1,290}$/u,
} as const;

/**
 * Reads a registry from a parsed JSON value. The caller checks before that the text was canonical and who signed it (docs/decisions/0001). Refuses
 * `document-malformed`, also where one certificate or one key stands in two places, since then two answers would be right.
 */
export function parseAuthorityRegistry(value: unknown): Result<AuthorityRegistry, 'document-malformed'> {
  const read = createFieldReader();
  const { form, version, authorities } = read.members(value, ['form', 'version', 'authorities']);
  read.text(form, patterns.form);
  const registry: AuthorityRegistry = {
    form: 'qorgan.authorities/1',
    version: read.integer(version, 1, Number.MAX_SAFE_INTEGER),
    authorities: read.list(authorities, authoritiesMax).map((one) => readAuthority(one, read)),
  };
  const certificates = registry.authorities.flatMap(({ anchors, intermediates }) => [...anchors, ...intermediates]);
  const keys = registry.authorities.flatMap(({ keyIdentifiers }) => keyIdentifiers);
  if (certificates.length === 0 || hasRepetition(certificates) || hasRepetition(keys)) read.fail();
  return read.isRight() ? ok(registry) : refuse('document-malformed');
}

const names = [
  'name',
  'keyIdentifiers',
  'anchors',
  'intermediates',
  'roleMap',
  'timeStampPolicies',
  'validFromMs',
  'validUntilMs',
  'source',
] as const;

function readAuthority(value: unknown, read: FieldReader): RegisteredAuthority {
  const given = read.members(value, names);
  const texts = (list: unknown, pattern: RegExp): readonly string[] =>
    read.list(list, pinsMax).map((one) => read.text(one, pattern));
  const roleMap = typeof given.roleMap === 'string' && isRoleMapId(given.roleMap) ? given.roleMap : undefined;
  const validFromMs = read.integer(given.validFromMs, 0, timeMaxMs);
  const validUntilMs = read.integer(given.validUntilMs, validFromMs, timeMaxMs);
  if (roleMap === undefined) read.fail();
  return {
    name: read.text(given.name, patterns.line),
    keyIdentifiers: texts(given.keyIdentifiers, patterns.keyIdentifier),
    anchors: texts(given.anchors, patterns.sha256),
    intermediates: texts(given.intermediates, patterns.sha256),
    roleMap: roleMap ?? 'none',
    timeStampPolicies: texts(given.timeStampPolicies, patterns.oid),
    validFromMs,
    validUntilMs,
    source: read.text(given.source, patterns.source),
  };
}

const hasRepetition = (items: readonly string[]): boolean => new Set(items).size < items.length;
