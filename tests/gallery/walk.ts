import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pictures, type OpenGallery, type Wanted } from './open.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Finding = {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
};
type Axe = { readonly run: (root: unknown, options: unknown) => Promise<{ readonly violations: readonly Finding[] }> };

/** Serious and critical findings of axe on what is shown now: all rules, or the named ones. */
export async function findings(gallery: OpenGallery, rules: readonly string[] = []): Promise<readonly string[]> {
  if (!(await gallery.page.evaluate(() => 'axe' in window))) await gallery.page.evaluate(axeSource);
  const { violations } = await gallery.page.evaluate(async (names) => {
    const { axe } = window as unknown as { readonly axe: Axe };
    const { violations: all } = await axe.run(document, {
      resultTypes: ['violations'],
      ...(names.length === 0 ? {} : { runOnly: names }),
    });
    return { violations: all };
  }, rules);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`);
}

/** Boxes that are cut by the window, and words that are cut inside buttons and headings. */
export function clipped(gallery: OpenGallery): Promise<readonly string[]> {
  return gallery.page.evaluate(() => {
    const isWider = (element: Element): boolean => element.scrollWidth > element.clientWidth + 1;
    const page = isWider(document.documentElement) ? ['the page scrolls sideways'] : [];
    const words = [...document.querySelectorAll('button:not(.text-button):not(.status-part), h1, h2, h3, label, dt')]
      .filter(
        (element) =>
          isWider(element) &&
          element.clientWidth > 0 &&
          !element.closest('.visually-hidden') &&
          !element.classList.contains('visually-hidden'),
      )
      .map((element) => element.textContent.slice(0, 60));
    return [...page, ...words];
  });
}

/** Shows, photographs and examines states in one look; `rules` are axe's: all where empty, none where `null`. */
export async function walk(
  gallery: OpenGallery,
  states: readonly string[],
  look: Omit<Wanted, 'state'>,
  rules: readonly string[] | null,
): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const state of states) {
    await gallery.show({ state, ...look });
    const { locale = 'kk', scheme = 'light', size } = look;
    const name = `${state}-${locale}-${scheme}${size === undefined ? '' : `-${size.width}`}`;
    await gallery.page.screenshot({ path: join(pictures, `gallery-${name}.png`) });
    const heard = [
      ...(await gallery.complaints()),
      ...(await clipped(gallery)).map((text) => `clipped: ${text}`),
      ...(rules === null ? [] : await findings(gallery, rules)),
    ];
    complaints.push(...heard.map((text) => `${name}: ${text}`));
  }
  return complaints;
}
