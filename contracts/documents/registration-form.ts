import * as z from 'zod';
import type { RegistrationForm } from '../../core/actions/index.ts';
import { bin, count, iin, line, sha256Hex, timeMs } from './primitives.ts';

const date = z.iso.date();

/** Most documents that one registration carries. */
const documentsMax = 24;

const person = z.strictObject({
  iin,
  surname: line(120, 1),
  givenName: line(120, 1),
  patronymic: line(120),
  birthDate: date,
  citizenship: line(60, 1),
});

const organisation = z.strictObject({
  bin,
  name: line(300, 1),
  authority: z.strictObject({
    basis: z.enum(['head', 'power-of-attorney']),
    number: line(80),
    validUntil: date.nullable(),
  }),
});

const identityDocument = z.strictObject({
  kind: z.enum(['identity-card', 'passport', 'residence-permit']),
  number: line(40, 1),
  issuer: line(200, 1),
  issuedOn: date,
  expiresOn: date,
});

const permille = z.int().min(0).max(1_000);

const identification = z.strictObject({
  method: z.enum(['eds', 'coid', 'platform-device']),
  eds: z
    .strictObject({
      certificate: sha256Hex,
      subject: line(300, 1),
      verdict: z.enum(['valid', 'invalid', 'indeterminate']),
    })
    .nullable(),
  face: z
    .strictObject({
      scorePermille: permille,
      thresholdPermille: permille,
      isLive: z.boolean(),
      reference: z.enum(['state-database', 'document-chip', 'document-photo']),
    })
    .nullable(),
});

const consent = z.strictObject({
  id: z.enum(['personal-data', 'biometrics', 'retention']),
  version: count,
  givenAtMs: timeMs,
});

const attachedDocument = z.strictObject({
  kind: z.enum(['identity-front', 'identity-back', 'face-frame', 'authority', 'bank-statement']),
  sha256: sha256Hex,
  mediaType: z
    .string()
    .regex(/^[a-z]+\/[a-z0-9.+-]+$/u)
    .max(100),
  sizeBytes: count,
});

/** The form of a registration case (57-9) as it enters by any door. */
export const registrationForm = z.strictObject({
  number: z.string().regex(/^[0-9]{4}-[0-9]{5,8}$/u),
  kind: z.enum(['individual', 'legal-entity']),
  participantRole: z.enum(['buyer', 'seller']),
  language: z.enum(['kk', 'ru']),
  person,
  organisation: organisation.nullable(),
  document: identityDocument,
  contact: z.strictObject({ phone: z.string().regex(/^\+[0-9]{7,15}$/u), email: z.email().max(254) }),
  bankAccount: z.strictObject({ iban: z.string().regex(/^[A-Z]{2}[0-9A-Z]{13,32}$/u), bank: line(200, 1) }),
  identification,
  consents: z.array(consent).max(8),
  documents: z.array(attachedDocument).max(documentsMax),
}) satisfies z.ZodType<RegistrationForm>;
