import { contactRequest, contactResponse } from './contact.ts';
import { cosignaturesRequest, cosignaturesResponse } from './cosignatures.ts';
import { deviceEndpoints } from './devices.ts';
import { defineEndpoint, noBodyMaxBytes } from './endpoint.ts';
import { evidenceEndpoints } from './evidence.ts';
import { logCompromiseResponse, logKeysResponse } from './log-keys.ts';
import { registryEndpoints } from './registry.ts';
import { retentionEndpoints } from './retention.ts';
import { sessionEndpoints } from './sessions.ts';
import {
  actsRequest,
  actsResponse,
  challengeResponse,
  changesQuery,
  changesResponse,
  consistencyQuery,
  consistencyResponse,
  enrolmentRequest,
  enrolmentResponse,
  passwordRequest,
  policiesQuery,
  policiesResponse,
  policyResponse,
  receiptsQuery,
  receiptsResponse,
  revocationResponse,
  signInRequest,
  signInResponse,
  statusResponse,
} from './messages.ts';

/** A batch of acts: 64 envelopes fit with their signatures, and one large registration alone always does. */
const actsBodyMaxBytes = 1_048_576;

/** Refusals that every door may answer with, before its own. */
export const commonRefusals = [
  'internal',
  'input-malformed',
  'body-too-large',
  'not-found',
  'server-busy',
  'too-many-requests',
  'log-compromised',
] as const;

/** Refusals of every door that asks for a device. */
export const deviceRefusals = [
  'device-signature-missing',
  'device-signature-invalid',
  'device-unknown',
  'request-replayed',
  'request-clock-drift',
] as const;

/** Refusals of every door that asks for a person. */
export const sessionRefusals = [
  'session-missing',
  'session-ended',
  'session-blocked',
  'session-signed-out',
  'client-too-old',
  'posture-refused',
  'server-read-only',
] as const;

/** What a card's signature over a challenge may be refused for; it says nothing of accounts. */
const cardRefusals = [
  'challenge-unknown',
  'challenge-expired',
  'signature-invalid',
  'signature-unknown',
  'certificate-foreign',
  'certificate-revoked',
  'certificate-expired',
  'certificate-demo',
  'carrier-refused',
] as const;

/** Every door of the platform server. A client builds its calls from this table, and the server its routes. */
export const endpoints = {
  status: defineEndpoint({
    method: 'GET',
    path: '/v1/status',
    auth: 'none',
    response: statusResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  enrol: defineEndpoint({
    method: 'POST',
    path: '/v1/enrolments',
    auth: 'none',
    body: enrolmentRequest,
    response: enrolmentResponse,
    bodySizeMaxBytes: 4_096,
    refusals: ['enrolment-code-unknown', 'enrolment-proof-invalid', 'server-read-only'],
  }),
  challenge: defineEndpoint({
    method: 'POST',
    path: '/v1/sign-in/challenges',
    auth: 'device',
    response: challengeResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  signIn: defineEndpoint({
    method: 'POST',
    path: '/v1/sign-in',
    auth: 'device',
    body: signInRequest,
    response: signInResponse,
    bodySizeMaxBytes: 65_536,
    refusals: [
      'factor-unavailable',
      ...cardRefusals,
      'sign-in-refused',
      'account-idle',
      'actor-blocked',
      'actor-dismissed',
      'actor-ended',
    ],
  }),
  /** Sets the password of the person whose card signed the challenge. */
  password: defineEndpoint({
    method: 'POST',
    path: '/v1/password',
    auth: 'device',
    body: passwordRequest,
    bodySizeMaxBytes: 65_536,
    refusals: [
      'client-too-old',
      'posture-refused',
      ...cardRefusals,
      'sign-in-refused',
      'password-too-short',
      'password-too-long',
      'password-common',
      'password-similar',
      'password-used-before',
    ],
  }),
  signOut: defineEndpoint({
    method: 'DELETE',
    path: '/v1/session',
    auth: 'session',
    needs: 'own',
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  contact: defineEndpoint({
    method: 'POST',
    path: '/v1/contacts',
    auth: 'device',
    body: contactRequest,
    response: contactResponse,
    bodySizeMaxBytes: 4_096,
    refusals: ['epoch-unknown', 'server-read-only'],
  }),
  /** Gives the own cosignature of a tree head and takes those of others. */
  cosignatures: defineEndpoint({
    method: 'POST',
    path: '/v1/log/cosignatures',
    auth: 'device',
    body: cosignaturesRequest,
    response: cosignaturesResponse,
    bodySizeMaxBytes: 32_768,
    refusals: ['cosigner-invalid', 'cosignature-invalid', 'server-read-only'],
  }),
  acts: defineEndpoint({
    method: 'POST',
    path: '/v1/acts',
    auth: 'device',
    body: actsRequest,
    response: actsResponse,
    bodySizeMaxBytes: actsBodyMaxBytes,
    refusals: ['server-read-only', 'client-too-old', 'posture-refused', 'posture-restricted'],
  }),
  receipts: defineEndpoint({
    method: 'GET',
    path: '/v1/receipts',
    auth: 'device',
    query: receiptsQuery,
    response: receiptsResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['server-read-only'],
  }),
  changes: defineEndpoint({
    method: 'GET',
    path: '/v1/changes',
    auth: 'session',
    needs: 'any-scope',
    query: changesQuery,
    response: changesResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['read-not-allowed'],
  }),
  /** Changes of rights: a feed of its own, with positions of its own. */
  accessChanges: defineEndpoint({
    method: 'GET',
    path: '/v1/access/changes',
    auth: 'session',
    needs: 'access',
    query: changesQuery,
    response: changesResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['read-not-allowed'],
  }),
  /** Server-sent events `position` with `changesSignal` as data, at most one a second. */
  changesStream: defineEndpoint({
    method: 'GET',
    path: '/v1/changes/stream',
    auth: 'session',
    needs: 'any-scope',
    media: 'text/event-stream',
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['read-not-allowed'],
  }),
  checkpoint: defineEndpoint({
    method: 'GET',
    path: '/v1/log/checkpoint',
    auth: 'none',
    media: 'text/plain; charset=utf-8',
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  /** C2SP tlog-tiles paths: `<L>/<N>[.p/<W>]` and `entries/<N>[.p/<W>]`. */
  tile: defineEndpoint({
    method: 'GET',
    path: '/v1/log/tile/*',
    auth: 'none',
    media: 'application/octet-stream',
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  /** Changes of the log's key, oldest first; each is believed by the key that was pinned before it, never because it is answered. */
  logKeys: defineEndpoint({
    method: 'GET',
    path: '/v1/log/keys',
    auth: 'none',
    response: logKeysResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  /** The one thing that the server of a lost log still says; all else it refuses by `log-compromised`. */
  logCompromise: defineEndpoint({
    method: 'GET',
    path: '/v1/log/compromise',
    auth: 'none',
    response: logCompromiseResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  consistency: defineEndpoint({
    method: 'GET',
    path: '/v1/log/consistency',
    auth: 'none',
    query: consistencyQuery,
    response: consistencyResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['tree-size-unknown'],
  }),
  policy: defineEndpoint({
    method: 'GET',
    path: '/v1/policy',
    auth: 'none',
    response: policyResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  /** For every desk: it follows the policy, whatever its person may read. */
  policies: defineEndpoint({
    method: 'GET',
    path: '/v1/policies',
    auth: 'session',
    needs: 'own',
    query: policiesQuery,
    response: policiesResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  revocation: defineEndpoint({
    method: 'GET',
    path: '/v1/revocation',
    auth: 'none',
    response: revocationResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  ...evidenceEndpoints,
  ...retentionEndpoints,
  ...registryEndpoints,
  ...sessionEndpoints,
  ...deviceEndpoints,
} as const;

export type EndpointName = keyof typeof endpoints;
