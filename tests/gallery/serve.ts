import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { contentSecurityPolicy } from '../../main/security/csp.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
};

export type Served = { readonly origin: string; readonly close: () => Promise<void> };

/** Serves the pages under the very policy of the application's windows, with a fresh nonce in each response. */
export async function servePages(folder: string): Promise<Served> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const type = mediaTypes[extname(path)];
      try {
        if (type === undefined) throw new Error('no such type');
        const bytes = await readFile(join(folder, path));
        const nonce = randomBytes(18).toString('base64');
        response.writeHead(200, { 'content-type': type, 'content-security-policy': contentSecurityPolicy(nonce) });
        response.end(extname(path) === '.html' ? bytes.toString('utf8').replaceAll('__CSP_NONCE__', nonce) : bytes);
      } catch {
        response.writeHead(404).end();
      }
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
