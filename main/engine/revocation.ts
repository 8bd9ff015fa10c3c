import { fromBase64, ok, type Result } from '../../core/kernel/index.ts';
import { createRevocationStore, parseRevocationList, type RevocationStore } from '../../eds/index.ts';
import type { Engine, Shift } from './context.ts';

/** The revocation lists at hand; who signed them is judged wherever they are used, so that it does not matter who brought them. */
export type KnownRevocation = { readonly store: RevocationStore; readonly askedAtMs: number | null };

export const noRevocationKnown: KnownRevocation = { store: createRevocationStore({}), askedAtMs: null };

/** Lists of large authorities have megabytes; what is shown here may be this old. */
const askEveryMs = 15 * 60_000;

/** Fetches the lists that the server decides by, where those at hand are old. A refusal leaves them as they are. */
export async function refreshRevocation(engine: Engine, shift: Shift): Promise<Result<null>> {
  const nowMs = engine.options.clock.monotonicMs();
  const { askedAtMs } = engine.state.revocation;
  if (askedAtMs !== null && nowMs - askedAtMs < askEveryMs) return ok(null);
  engine.state.revocation = { ...engine.state.revocation, askedAtMs: nowMs };
  const answer = await shift.client.call('revocation');
  if (!answer.ok) return answer;
  const lists = answer.value.lists.flatMap((text) => {
    const der = fromBase64(text);
    const list = der.ok ? parseRevocationList(der.value) : der;
    return list.ok ? [list.value] : [];
  });
  engine.state.revocation = { store: createRevocationStore({ lists }), askedAtMs: nowMs };
  engine.emit('certificates.changed');
  return ok(null);
}
