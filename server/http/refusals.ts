import type { FastifyReply } from 'fastify';
import {
  archiveRefusals,
  deskRefusals,
  evidenceRefusals,
  serverRefusals,
  signInRefusals,
} from '../../contracts/refusals/index.ts';
import type { RefusalBody } from '../../contracts/http/index.ts';
import type { Refusal } from '../../core/kernel/index.ts';

/** What a caller waits before it tries a busy server again, where the refusal does not say. */
const retryAfterSeconds = 1;

const retriedStatuses = new Set([423, 429, 503, 507]);

function statusOf(code: string): number {
  if (code === 'internal') return 500;
  if (code === 'input-malformed') return 400;
  const known: Readonly<Record<string, { readonly status: number } | undefined>> = {
    ...serverRefusals,
    ...signInRefusals,
    ...signInRefusals,
    ...evidenceRefusals,
    ...archiveRefusals,
    ...deskRefusals,
  };
  // Refusals of signatures and persons at the door of sign-in: understood, and not allowed.
  return known[code]?.status ?? 403;
}

/** Answers with a code, an incident id and nothing else that a stranger could learn from. */
export async function sendRefusal(reply: FastifyReply, refusal: Refusal, incidentId: string): Promise<void> {
  const status = statusOf(refusal.code);
  if (retriedStatuses.has(status))
    reply.header('retry-after', String(refusal.details?.['retryAfterSeconds'] ?? retryAfterSeconds));
  const details = refusal.details === undefined ? {} : { details: { ...refusal.details } };
  const body: RefusalBody = { refusal: { code: refusal.code, incidentId, ...details } };
  // A HEAD has no body to say it.
  reply.header('qorgan-refusal', refusal.code);
  await reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
