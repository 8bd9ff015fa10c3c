import type { Role } from '../../core/access/index.ts';
import type { Iin } from '../../core/kernel/index.ts';
import { deviceFingerprint, groupsOf, type DeviceRecord } from '../../core/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { countOf, fact, pageOf, plain, timeOf, type Say } from './markup.ts';
import { qrSvg } from './qr-code.ts';

type Person = {
  readonly iin: Iin;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly certificates: readonly string[];
};

/** A founding as the log holds it: nothing that changes later, so that the page is the same whenever it is made. */
export type FoundingPage = {
  readonly locale: Locale;
  readonly statement: {
    readonly platform: string;
    readonly profile: string;
    readonly operatorName: string;
    readonly log: string;
    readonly keys: { readonly log: string; readonly logMlDsa44: string; readonly platform: string };
    readonly officers: readonly Iin[];
    readonly recovery: Iin;
    readonly foundedAtMs: number;
    readonly shown: { readonly kk: string; readonly ru: string; readonly en: string };
  };
  readonly statementHash: string;
  readonly signatures: readonly { readonly iin: string; readonly certificate: string }[];
  readonly people: readonly Person[];
  readonly devices: readonly DeviceRecord[];
  readonly policy: { readonly record: { readonly version: number }; readonly hash: string };
  readonly leafIndex: number;
  readonly leafHash: string;
  readonly root: string;
};

type Part = 'officer' | 'recovery' | 'other';

function partOf({ statement }: FoundingPage, iin: Iin): Part {
  if (statement.officers.includes(iin)) return 'officer';
  return statement.recovery === iin ? 'recovery' : 'other';
}

/** Those who signed first, in the order of the statement. */
function inOrder(page: FoundingPage): readonly Person[] {
  const { officers, recovery } = page.statement;
  const three = [...officers, recovery];
  const rank = ({ iin }: Person): number => (three.includes(iin) ? three.indexOf(iin) : three.length);
  return page.people.toSorted((one, other) => rank(one) - rank(other));
}

function personSection(say: Say, page: FoundingPage, person: Person): string {
  const { locale, signatures } = page;
  const part = partOf(page, person.iin);
  const roles = person.roles.map((role) => signingTexts[locale][`v1.job.${role}`] ?? role).join(', ');
  const signed = signatures.find(({ iin }) => iin === person.iin);
  const certificates = signed === undefined ? person.certificates : [signed.certificate];
  const ink = `<div class="ink"><span>${plain(say('receipt-page.founding.ink'))}</span><span>${plain(say('receipt-page.founding.ink-date'))}</span></div>`;
  return [
    `<div class="person"><h3>${plain(person.name)}</h3><dl>`,
    fact(say('receipt-page.founding.part'), say(`receipt-page.founding.part.${part}`)),
    fact(say('receipt-page.iin'), person.iin),
    fact(say('receipt-page.founding.roles'), roles),
    ...certificates.map((hash) => fact(say('receipt-page.certificate'), groupsOf(hash), 'mono')),
    `</dl>${signed === undefined ? '' : ink}</div>`,
  ].join('');
}

function platformFacts(say: Say, { statement, policy }: FoundingPage): string {
  const { keys } = statement;
  return [
    fact(say('receipt-page.founding.platform'), statement.platform),
    fact(say('receipt-page.founding.operator'), statement.operatorName),
    fact(say('receipt-page.founding.at'), timeOf(statement.foundedAtMs)),
    fact(say('cli.receipt.origin'), statement.log),
    fact(say('receipt-page.founding.log-key'), groupsOf(keys.log), 'mono'),
    fact(say('receipt-page.founding.log-key-2'), groupsOf(keys.logMlDsa44), 'mono'),
    fact(say('receipt-page.founding.platform-key'), groupsOf(keys.platform), 'mono'),
    fact(say('receipt-page.founding.policy', { version: policy.record.version }), groupsOf(policy.hash), 'mono'),
  ].join('');
}

function deviceFacts(say: Say, { devices }: FoundingPage): string {
  if (devices.length === 0) return fact(say('receipt-page.device'), say('receipt-page.founding.no-device'));
  return devices
    .map((device) => fact(`${device.name} (${device.device})`, groupsOf(deviceFingerprint(sha256, device)), 'mono'))
    .join('');
}

function logFacts(say: Say, { statement, statementHash, leafIndex, leafHash, root }: FoundingPage): string {
  const { shown } = statement;
  return [
    fact(say('receipt-page.founding.index'), `№ ${countOf(leafIndex + 1)}`),
    fact(say('receipt-page.hash-leaf'), groupsOf(leafHash), 'mono'),
    fact(say('receipt-page.founding.root', { size: countOf(leafIndex + 1) }), groupsOf(root), 'mono'),
    fact(say('receipt-page.founding.statement'), groupsOf(statementHash), 'mono'),
    ...(['kk', 'ru', 'en'] as const).map((locale) =>
      fact(say(`receipt-page.founding.text.${locale}`), groupsOf(shown[locale]), 'mono'),
    ),
  ].join('');
}

/** What a machine reads off the page: the place of the founding and the hashes by which it is told from another. */
function codeText({ statement, statementHash, leafIndex, leafHash, root }: FoundingPage): string {
  return [
    'qorgan-founding:1',
    `origin=${statement.log}`,
    `index=${leafIndex}`,
    `leaf=${leafHash}`,
    `root=${root}`,
    `statement=${statementHash}`,
  ].join('\n');
}

/** The protocol of a founding for A4, to be signed in ink beside the cards: what it proves is in the log. */
export function foundingPage(page: FoundingPage): string {
  const { locale, statement } = page;
  const say: Say = (id, values) => words(locale, id, values);
  const title = say('receipt-page.founding.title');
  const section = (name: string, facts: string): string =>
    `<section><h2>${plain(name)}</h2><dl>${facts}</dl></section>`;
  const people = inOrder(page)
    .map((person) => personSection(say, page, person))
    .join('');
  const explained = plain(say('receipt-page.founding.code'));
  const body = `${statement.profile === 'demo' ? `<p class="demo">${plain(say('cli.receipt.demo'))}</p>` : ''}
<header><div><p class="quiet">${plain(statement.log)}</p><h1>${plain(title)}</h1></div><p class="number">${plain(`№ ${countOf(page.leafIndex + 1)}`)}</p></header>
<div class="wide">
${section(say('receipt-page.founding.what'), platformFacts(say, page))}
<div class="code">${qrSvg(codeText(page), explained)}<p>${explained}</p></div>
</div>
${section(say('receipt-page.founding.devices'), deviceFacts(say, page))}
${section(say('receipt-page.log'), logFacts(say, page))}
<section class="people"><h2>${plain(say('receipt-page.founding.people'))}</h2><p>${plain(say('receipt-page.founding.any-two'))}</p>${people}</section>
<footer>${plain(say('receipt-page.founding.copy'))}</footer>`;
  return pageOf({ locale, title: `${title} ${statement.platform}`, body });
}
