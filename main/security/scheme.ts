import { protocol, type Session } from 'electron';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { contentSecurityPolicy } from './csp.ts';

/** Everything that a window loads comes from here. */
export const appOrigin = 'app://qorgan';

const noncePlace = '__CSP_NONCE__';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

function fixedHeaders(mediaType: string): Record<string, string> {
  return {
    'content-type': mediaType,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}

function refused(status: number): Response {
  return new Response(null, { status, headers: { 'content-security-policy': "default-src 'none'" } });
}

/** The file behind an address of ours, or `undefined` for anything outside the folder or of a type that no page needs. */
export function fileOf(
  folder: string,
  address: string,
): { readonly file: string; readonly mediaType: string } | undefined {
  const url = new URL(address);
  if (`${url.protocol}//${url.host}` !== appOrigin) return undefined;
  const path = normalize(join(folder, decodeURIComponent(url.pathname)));
  const mediaType = mediaTypes[extname(path)];
  if (!path.startsWith(folder + sep) || mediaType === undefined || path.includes('\0')) return undefined;
  return { file: path, mediaType };
}

/** Fonts of the first screen in any of our languages; asked for with the page instead of after its scripts and styles. */
const earlyFonts = /^inter-(?:latin|cyrillic|cyrillic-ext)-wght-normal-[\w-]+\.woff2$/u;

async function preloadLinks(folder: string): Promise<string> {
  const files = await readdir(join(folder, 'assets')).catch((): string[] => []);
  return files
    .filter((file) => earlyFonts.test(file))
    .map((file) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="/assets/${file}" />`)
    .join('');
}

async function respond(folder: string, request: Request): Promise<Response> {
  if (request.method !== 'GET') return refused(405);
  const found = fileOf(folder, request.url);
  if (found === undefined) return refused(404);
  try {
    const bytes = await readFile(found.file);
    if (extname(found.file) !== '.html')
      return new Response(new Uint8Array(bytes), { headers: fixedHeaders(found.mediaType) });
    const nonce = randomBytes(18).toString('base64');
    const links = await preloadLinks(folder);
    const page = bytes.toString('utf8').replace('</title>', `</title>${links}`).replaceAll(noncePlace, nonce);
    const headers = { ...fixedHeaders(found.mediaType), 'content-security-policy': contentSecurityPolicy(nonce) };
    return new Response(page, { headers });
  } catch {
    return refused(404);
  }
}

/** Whoever waits for the files of a page waits no longer than this, should the page ask for none. */
const servedMaxMs = 1_000;

/**
 * Serves the built pages of `folder` under `app://qorgan/` in this session, each page with a policy and nonce of its own. Settles
 * when the first page has got its scripts and nothing else is being read, and after one second in any case.
 */
export function serveApp(session: Session, folder: string): Promise<void> {
  return new Promise((settle) => {
    const timer = setTimeout(settle, servedMaxMs);
    let openCount = 0;
    let hasScripts = false;
    session.protocol.handle('app', async (request) => {
      openCount += 1;
      const response = await respond(folder, request);
      openCount -= 1;
      hasScripts ||= request.url.endsWith('.js');
      // A turn later, so that the answer is on its way before main has other things to do.
      if (hasScripts && openCount === 0) {
        clearTimeout(timer);
        setImmediate(settle);
      }
      return response;
    });
  });
}
