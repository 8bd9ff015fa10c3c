import { canonicalize, type Json } from '../../../core/signing/index.ts';
import type { PolicyDocument } from '../../../core/access/index.ts';
import { parsePolicyDocument } from '../../../contracts/documents/index.ts';
import { endpoints } from '../../../contracts/http/index.ts';
import { recordDocument } from '../../../server/accounts/index.ts';
import { realSurroundings, type RunningServer } from '../../../server/boot/index.ts';
import { openDesk } from '../../../server/boot/open-desk.ts';
import { TestClient } from './client.ts';
import { must } from './platform.ts';

/** Most looks until a policy is in force: the registry is read anew each second. */
const looksMax = 200;

async function policyOf(client: TestClient): Promise<PolicyDocument> {
  const answer = await client.call({ method: 'GET', path: endpoints.policy.path });
  return must(parsePolicyDocument(endpoints.policy.response.parse(answer.json).policy.document));
}

/** Puts the next version of the policy into force at a running platform, as a process beside it does. */
export async function changePolicy(
  platform: { readonly directory: string; readonly databaseUrl?: string | undefined; readonly server: RunningServer },
  change: (policy: PolicyDocument) => PolicyDocument,
): Promise<PolicyDocument> {
  const { directory, databaseUrl, server } = platform;
  const client = new TestClient(server);
  const before = await policyOf(client);
  const changed = change(before);
  const next = { ...changed, version: before.version + 1, effectiveFromMs: Date.now() };
  const { desk, store } = must(
    await openDesk({ directory, databaseUrl, surroundings: realSurroundings }, before.profile),
  );
  const text = canonicalize(next as unknown as Json);
  await recordDocument(desk, { kind: 'policy', subject: 'platform', version: next.version, text });
  for (let look = 0; (await policyOf(client)).version < next.version; look += 1) {
    if (look >= looksMax) throw new Error('the policy did not come into force');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await store.close();
  client.close();
  return next;
}
