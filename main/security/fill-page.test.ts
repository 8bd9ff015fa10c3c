import { describe, expect, it } from 'vitest';
import { fillPage } from './fill-page.ts';

describe('the places of a drawn page', () => {
  const page = '<p nonce="__CSP_NONCE__">{{operatorName}} · {{version}}</p>';

  it('are filled with text, never with markup', () => {
    expect(fillPage(page, 'n', { operatorName: `<b id="a">'&`, version: '1' })).toBe(
      '<p nonce="n">&lt;b id=&quot;a&quot;&gt;&#x27;&amp; · 1</p>',
    );
  });

  it('are filled once: a value that looks like a place stays text', () => {
    expect(fillPage(page, 'secret', { operatorName: '{{version}}__CSP_NONCE__$&', version: '1' })).toBe(
      '<p nonce="secret">{{version}}__CSP_NONCE__$&amp; · 1</p>',
    );
  });

  it('without a value are empty', () => {
    expect(fillPage(page, 'n', {})).toBe('<p nonce="n"> · </p>');
  });
});
