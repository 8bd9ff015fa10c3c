import { oidName } from './oid-text.ts';
import { neutralised, timeText } from './text.ts';
import type { Name } from '../x509/index.ts';

/** What a decoded value is; words for people are `explain.field.<name>` of the locales. */
export type FieldName =
  | 'accuracy-ms'
  | 'algorithm'
  | 'authority-path-max'
  | 'bag'
  | 'carrier'
  | 'certificate'
  | 'certificates'
  | 'content-attached-bytes'
  | 'content-detached'
  | 'content-type'
  | 'critical-unknown'
  | 'crl-address'
  | 'crl-delta-to'
  | 'crl-number'
  | 'digest-algorithm'
  | 'encryption'
  | 'entries'
  | 'extended-key-usage'
  | 'extended-revoke'
  | 'imprint'
  | 'issuer'
  | 'issuer-key-identifier'
  | 'key'
  | 'key-identifier'
  | 'key-usage'
  | 'message-digest'
  | 'next-update'
  | 'nonce'
  | 'not-after'
  | 'not-before'
  | 'policy'
  | 'produced-at'
  | 'reason'
  | 'responder'
  | 'response'
  | 'revoked-at'
  | 'serial'
  | 'sha256'
  | 'signed-at'
  | 'signer'
  | 'signing-certificate'
  | 'status'
  | 'subject'
  | 'this-update'
  | 'time-stamp'
  | 'time-stamped-at'
  | 'unsigned-attribute';

/** A decoded value: data of the file or a term of its standard, safe for a terminal; empty where the name says all. */
export type FieldLine = {
  readonly kind: 'field';
  readonly depth: number;
  readonly field: FieldName;
  readonly value: string;
};

/** Collects the fields of one structure at one depth; an absent value gives no line. */
export type Fields = {
  readonly text: (field: FieldName, value: string | undefined) => void;
  readonly time: (field: FieldName, timeMs: number | undefined) => void;
  readonly oid: (field: FieldName, oid: string | undefined) => void;
  /** Fields one step deeper, under a line of their own. */
  readonly under: (field: FieldName, value: string) => Fields;
};

/** Repeated parts (signers, certificates, responses) that are told one by one; the tree has them all. */
export const partsMax = 32;

export function collectInto(lines: FieldLine[], depth = 0): Fields {
  const text = (field: FieldName, value: string | undefined): void => {
    if (value !== undefined) lines.push({ kind: 'field', depth, field, value: neutralised(value) });
  };
  return {
    text,
    time: (field, timeMs) => text(field, timeMs === undefined ? undefined : timeText(timeMs)),
    oid: (field, oid) => text(field, oid === undefined ? undefined : oidName(oid)),
    under: (field, value) => {
      text(field, value);
      return collectInto(lines, depth + 1);
    },
  };
}

/** A name in the order of the file. */
export function nameText(name: Name): string {
  return name.attributes.map(({ oid, value }) => `${oidName(oid)}=${value}`).join(', ');
}

/** The part of a name that people call somebody by. */
export function shortName(name: Name): string {
  return name.attributes.find(({ oid }) => oid === '2.5.4.3')?.value ?? nameText(name);
}
