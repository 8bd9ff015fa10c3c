import { toHex } from '../../core/kernel/index.ts';
import { leafHash, parseOpening, parseProof, type ReceiptFacts } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import { countOf, fact, pageOf, plain, timeOf, type Say } from './markup.ts';
import { qrSvg } from './qr-code.ts';
import { qrTextOf } from './qr-text.ts';

/** What the holder of a receipt knows of the act itself; the receipt alone names nobody. */
export type PrintedAct = {
  /** As in `act-types`. */
  readonly type: string;
  readonly caseNumber: string | null;
  readonly caseId: string;
  readonly signer: { readonly name: string | null; readonly iin: string; readonly certificate: string };
  readonly claimedAtMs: number;
  readonly text: string;
  /** True for the text that the signer read, to the byte; false for the parts of the envelope that a person reads. */
  readonly isExactText: boolean;
};

/** A receipt that was verified, with what its page says besides. */
export type ReceiptPage = {
  readonly locale: Locale;
  /** Text of the `.tlog-proof`. */
  readonly receipt: string;
  /** Of a verdict `good`, by the keys that whoever prints trusts. */
  readonly facts: ReceiptFacts;
  readonly checkedAtMs: number;
  readonly act?: PrintedAct;
};

const shortOf = (hash: string): string => `${hash.slice(0, 16)} … ${hash.slice(-16)}`;

function outcomeOf(say: Say, { leaf: { outcome } }: ReceiptFacts): string {
  if (outcome === 'accepted' || outcome === 'superseded') return say(`cli.receipt.outcome.${outcome}`);
  return say('cli.receipt.outcome.refused', { code: outcome.slice('refused:'.length) });
}

const actTypes = ['submit', 'claim', 'release', 'return', 'approve', 'refuse'] as const;
const accessActs = ['propose', 'confirm', 'decline', 'withdraw', 'block'] as const;

/** The act in words; a type that these words do not know is shown by its name. */
export function actWords(locale: Locale, type: string): string {
  const known = actTypes.find((name) => `registration.${name}` === type);
  if (known !== undefined) return words(locale, `act-types.registration.${known}`);
  const access = accessActs.find((name) => `access.${name}` === type);
  return access === undefined ? type : words(locale, `act-types.access.${access}`);
}

function actFacts(say: Say, locale: Locale, act: PrintedAct | undefined, facts: ReceiptFacts): string {
  if (act === undefined) return fact(say('receipt-page.act'), say('receipt-page.act-unknown'));
  const { signer } = act;
  return [
    fact(say('receipt-page.act'), actWords(locale, act.type)),
    act.caseNumber === null
      ? fact(say('receipt-page.case'), act.caseId, 'mono')
      : fact(say('receipt-page.case'), `№ ${act.caseNumber}`),
    fact(say('receipt-page.signer'), signer.name ?? say('receipt-page.signer-unnamed')),
    fact(say('receipt-page.iin'), signer.iin),
    fact(say('receipt-page.certificate'), shortOf(signer.certificate), 'mono'),
    fact(say('receipt-page.claimed'), timeOf(act.claimedAtMs)),
    fact(say('receipt-page.device'), facts.leaf.device ?? '', 'mono'),
  ].join('');
}

function logFacts(say: Say, { facts, checkedAtMs }: ReceiptPage): string {
  const { leaf, level, cosigners } = facts;
  const byWhom = cosigners.map(({ name, isOutside, atSeconds }) =>
    fact(
      say(isOutside ? 'cli.receipt.cosigned-outside' : 'cli.receipt.cosigned-operator'),
      atSeconds === 0 ? name : `${name}, ${timeOf(atSeconds * 1_000)}`,
    ),
  );
  return [
    fact(say('receipt-page.action'), leaf.actionId, 'mono'),
    fact(say('cli.receipt.outcome'), outcomeOf(say, facts)),
    fact(say('cli.receipt.received'), timeOf(leaf.receivedAtMs)),
    fact(say('cli.receipt.origin'), facts.origin),
    fact(say('cli.receipt.tree'), countOf(facts.size)),
    fact(say('cli.receipt.level'), say(`cli.receipt.level.${level}`), `level level-${level}`),
    ...byWhom,
    fact(say('receipt-page.checked'), timeOf(checkedAtMs)),
  ].join('');
}

function hashFacts(say: Say, receipt: string): string {
  const proof = parseProof(receipt);
  const opening = proof.ok ? parseOpening(proof.value.extra ?? new Uint8Array()) : proof;
  if (!proof.ok || !opening.ok) throw new Error('receipt page: the receipt was verified before');
  const { leaf, envelope, cms } = opening.value.opening;
  return [
    fact(say('receipt-page.hash-envelope'), shortOf(envelope), 'mono'),
    fact(say('receipt-page.hash-signature'), shortOf(cms), 'mono'),
    fact(say('receipt-page.hash-leaf'), shortOf(toHex(leafHash(sha256, leaf))), 'mono'),
  ].join('');
}

function codeOf(say: Say, receipt: string): string {
  const { kind, text } = qrTextOf(receipt, sha256);
  const explained = say(`receipt-page.code.${kind}`);
  return `<div class="code">${qrSvg(text, plain(explained))}<p>${plain(explained)}</p></div>`;
}

function checkOf(say: Say): string {
  const steps = [say('receipt-page.check.scan'), say('receipt-page.check.key'), say('receipt-page.check.run')];
  const items = steps.map((step) => `<li>${plain(step)}</li>`).join('');
  const command = 'qorgan receipt verify receipt.tlog-proof --log-key log.vkey';
  return `<section class="check"><h2>${plain(say('receipt-page.check'))}</h2><ol>${items}</ol><p><code>${command}</code></p></section>`;
}

/**
 * A receipt as a page for A4: one file without scripts, fonts or pictures from elsewhere, for the eye and the printer. The
 * page is a copy that anybody could have typed; what proves is the receipt, which its QR code carries where it fits.
 */
export function receiptPage(page: ReceiptPage): string {
  const { locale, facts, act } = page;
  const say: Say = (id, values) => words(locale, id, values);
  const title = say('receipt-page.title');
  const number = `№ ${countOf(facts.index + 1)}`;
  const signed =
    act === undefined
      ? ''
      : `<section><h2>${plain(say(act.isExactText ? 'receipt-page.signed' : 'receipt-page.signed-parts'))}</h2><pre class="signed">${plain(act.text.trimEnd())}</pre></section>`;
  const body = `${facts.isDemo ? `<p class="demo">${plain(say('cli.receipt.demo'))}</p>` : ''}
<header><div><p class="quiet">${plain(facts.origin)}</p><h1>${plain(title)}</h1></div><p class="number">${plain(number)}</p></header>
<div class="columns">
<div><section><h2>${plain(say('receipt-page.who'))}</h2><dl>${actFacts(say, locale, act, facts)}</dl></section>
<section><h2>${plain(say('receipt-page.log'))}</h2><dl>${logFacts(say, page)}</dl></section></div>
<div>${codeOf(say, page.receipt)}
<section><h2>${plain(say('receipt-page.hashes'))}</h2><dl>${hashFacts(say, page.receipt)}</dl></section></div>
</div>
${signed}
${checkOf(say)}
<footer>${plain(say('receipt-page.copy'))}</footer>`;
  return pageOf({ locale, title: `${title} ${number}`, body });
}
