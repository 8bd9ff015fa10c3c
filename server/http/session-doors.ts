import { mayRead } from '../../core/access/index.ts';
import { ok, refuse } from '../../core/kernel/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import { endSessionOf, listSessions, renewPassword, type Reader } from '../accounts/index.ts';
import type { AtOnce } from './at-once.ts';
import { clientAddress } from './client-address.ts';
import type { ChangeStream } from './change-stream.ts';
import type { DoorContext } from './context.ts';
import { passwordOf, wipeBody } from './secrets.ts';
import { noteReading } from './reading.ts';
import type { Router } from './router.ts';

/** Opens the doors of "where am I signed in" and of signing out from elsewhere. */
export function openSessionDoors(context: DoorContext, router: Router, stream: ChangeStream, atOnce: AtOnce): void {
  const { platform, registry } = context;
  const readsOperations = ({ roles }: Reader): boolean => mayRead(registry.policy().policy.access, roles, 'operations');
  router.open(endpoints.sessions, async ({ device, reader, query: { whose } }) => {
    if (whose === 'all' && !readsOperations(reader)) return refuse('read-not-allowed');
    const sessions = await listSessions(context, {
      whose: whose === 'own' ? reader.iin : undefined,
      tokenHash: reader.tokenHash,
    });
    if (whose === 'all') {
      const details = JSON.stringify({ count: sessions.length });
      await noteReading(platform, { device: device.record.device, iin: reader.iin, door: 'sessions', details });
    }
    return ok({ sessions: sessions.map((one) => ({ ...one, factors: one.factors.map((factor) => ({ ...factor })) })) });
  });
  router.open(endpoints.stepUp, async ({ device, reader, body, request }) => {
    using password = passwordOf(body.password);
    wipeBody(request);
    const given = { device: device.record.device, address: clientAddress(request.raw, context.proxies), password };
    const renewed = await atOnce(given.device, () => renewPassword(context, reader, given));
    return renewed.ok ? ok(undefined) : renewed;
  });
  router.open(endpoints.endSession, async ({ reader, params: { id }, body: { reason } }) => {
    const ended = await endSessionOf(context, reader, { id, reason, mayEndOthers: readsOperations(reader) });
    if (!ended.ok) return ended;
    stream.end(ended.value.tokenHash, 'session-signed-out');
    return ok(undefined);
  });
}
