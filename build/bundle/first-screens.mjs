// The screens that the application can start with, drawn when the pages are built: the window paints one of them without
// any script. main chooses it and fills its places; the page's scripts then take it over as it stands.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot } from '../paths.mjs';

const pages = inRoot('dist', 'renderer');
const work = inRoot('out', 'first-screens');

async function drawScreens() {
  const { build } = await import('vite');
  await build({
    configFile: inRoot('renderer', 'vite.config.ts'),
    root: inRoot('renderer'),
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: { ssr: 'boot/first-screens.tsx', outDir: work, emptyOutDir: true, target: 'node24' },
  });
  const { drawFirstScreens } = await import(pathToFileURL(join(work, 'first-screens.js')).href);
  return drawFirstScreens();
}

/**
 * The policy of the pages lets no style attribute of the HTML count, and rightly so. What stood in one becomes a rule with the
 * nonce; `data-style` keeps the text for the take-over, which writes it where React would have.
 */
function withoutStyleAttributes(html) {
  const texts = new Set();
  const bare = html.replace(/(<[^<>]*?) style="([^"]*)"/gu, (_tag, before, text) => {
    texts.add(text);
    return `${before} data-style="${text}"`;
  });
  if (/<[^<>]* style=/u.test(bare)) throw new Error('first screens: a style attribute was left');
  const plain = (text) => text.replaceAll('&#x27;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const rules = [...texts].map((text) => `[data-style=${JSON.stringify(plain(text))}]{${plain(text)}}`);
  return { bare, rules: rules.join('\n') };
}

/** The styles go into the page itself, so that the paint waits for nothing else; function replacers, since CSS has `$`. */
function pageOf(page, { name, locale, html }) {
  const style = /<link rel="stylesheet"[^>]*href="([^"]+)"[^>]*>/u.exec(page);
  if (style === null || !page.includes('<div id="root"></div>'))
    throw new Error('first screens: the page is not built as expected');
  const css = readFileSync(join(pages, style[1]), 'utf8');
  const { bare, rules } = withoutStyleAttributes(html);
  return page
    .replace(style[0], () => `<style nonce="__CSP_NONCE__">${css}\n${rules}</style>`)
    .replace(
      '<html lang="kk">',
      `<html lang="${locale}" data-density="{{density}}" data-mantine-color-scheme="{{scheme}}">`,
    )
    .replace('<div id="root"></div>', () => `<div id="root" data-screen="${name}">${bare}</div>`);
}

/** Writes `dist/renderer/first/<screen>.html`; the pages themselves must be built. */
export async function bundleFirstScreens() {
  const page = readFileSync(join(pages, 'operator.html'), 'utf8');
  mkdirSync(join(pages, 'first'), { recursive: true });
  for (const screen of await drawScreens())
    writeFileSync(join(pages, 'first', `${screen.name}.html`), pageOf(page, screen));
  rmSync(work, { recursive: true, force: true });
}
