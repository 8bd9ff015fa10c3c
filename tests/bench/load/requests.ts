import { randomBytes } from 'node:crypto';
import { contentDigest, signatureBase, signatureHeaders, type ActItem } from '../../../contracts/http/index.ts';
import { sha256 } from '../../../eds/index.ts';
import type { Workstation } from '../../server/support/workstation.ts';

/** A signed request with acts, as it goes over the wire. Fresh for the window of request signatures: make it shortly before. */
export function actsRequest({ client, device }: Workstation, items: readonly ActItem[]): Buffer {
  const body = Buffer.from(JSON.stringify({ items }));
  const digest = contentDigest(sha256, body);
  const parameters = {
    createdSeconds: Math.floor(Date.now() / 1_000),
    nonce: randomBytes(16).toString('base64'),
    device,
  };
  const base = signatureBase({ method: 'POST', path: '/v1/acts', query: '?', contentDigest: digest }, parameters);
  const headers = {
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': String(body.length),
    'content-digest': digest,
    ...signatureHeaders({ parameters, signature: client.sign(base) }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST /v1/acts HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}
