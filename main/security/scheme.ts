import { protocol, type Session } from 'electron';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { contentSecurityPolicy } from './csp.ts';
import { fillPage, type PageValues } from './fill-page.ts';

/** Everything that a window loads comes from here. */
export const appOrigin = 'app://qorgan';

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

/** A page that was drawn when it was built, with places in braces, and what stands in them: plain text. */
export type DrawnPage = { readonly file: string; readonly values: PageValues };

/** The page to send for an address, where it is not simply the file of that name, which is sent too where this one cannot be. */
export type ChoosePage = (address: string) => Promise<DrawnPage | undefined>;

async function respondPage(folder: string, file: string, values: PageValues): Promise<Response> {
  const nonce = randomBytes(18).toString('base64');
  const [html, links] = await Promise.all([readFile(file, 'utf8'), preloadLinks(folder)]);
  const page = fillPage(html.replace('</title>', `</title>${links}`), nonce, values);
  const headers = {
    ...fixedHeaders('text/html; charset=utf-8'),
    'content-security-policy': contentSecurityPolicy(nonce),
  };
  return new Response(page, { headers });
}

async function respondDrawn(folder: string, address: string, choose: ChoosePage): Promise<Response | undefined> {
  try {
    const page = await choose(address);
    return page === undefined ? undefined : await respondPage(folder, page.file, page.values);
  } catch {
    // A page that draws itself is later by a moment; no page is an empty window. `--self-check` names what is missing.
    return undefined;
  }
}

async function respond(folder: string, request: Request, choose: ChoosePage): Promise<Response> {
  if (request.method !== 'GET') return refused(405);
  const found = fileOf(folder, request.url);
  if (found === undefined) return refused(404);
  try {
    if (extname(found.file) === '.html')
      return (await respondDrawn(folder, request.url, choose)) ?? (await respondPage(folder, found.file, {}));
    return new Response(new Uint8Array(await readFile(found.file)), { headers: fixedHeaders(found.mediaType) });
  } catch {
    return refused(404);
  }
}

const asNamed: ChoosePage = () => Promise.resolve(undefined);

/** Serves the built pages of `folder` under `app://qorgan/` in this session, each page with a policy and nonce of its own. */
export function serveApp(session: Session, folder: string, choose: ChoosePage = asNamed): void {
  session.protocol.handle('app', (request) => respond(folder, request, choose));
}
