import { policySizeMax } from '../../core/log/index.ts';
import { words } from '../../locales/index.ts';
import {
  createServerLog,
  readLostLog,
  serveLostLog,
  startServer,
  type LostLog,
  type PlatformPlace,
} from '../../server/boot/index.ts';
import { parseTrustedProxies } from '../../server/http/index.ts';
import { clamdAntivirus, parseClamdAddress } from '../../server/evidence/index.ts';
import {
  listenOf,
  misuse,
  readSmallFile,
  refused,
  type Answer,
  type Command,
  type Surroundings,
} from '../kit/index.ts';
import { placeOf, placeOptions } from './place.ts';

type LostOptions = Parameters<typeof serveLostLog>[1];

/** The server of a log whose key was stolen needs no secret: it tells every workstation that the log is lost. */
async function startLost(around: Surroundings, lost: LostLog, options: LostOptions & PlatformPlace): Promise<Answer> {
  const { locale, tell } = around;
  for (const secret of [options.passphrase, options.logKeyPin]) secret?.wipe();
  const started = await serveLostLog(lost, options);
  if (!started.ok) return refused(locale, started.refusal);
  const { url, pin, close } = started.value;
  const stopAsked = around.stopAsked();
  const facts = { event: 'started', url, spki: pin.spki, state: 'log-compromised', logOrigin: lost.origin };
  tell({ exit: 0, facts, lines: [words(locale, 'cli.server.started-lost', { url, origin: lost.origin })] });
  await stopAsked;
  await close();
  return { exit: 0, facts: { event: 'stopped' }, lines: [words(locale, 'cli.server.stopped')] };
}

/** `qorgan server start`: says where it answers, then runs until it is asked to stop. Its log goes to the error stream. */
export const serverStart: Command = {
  shape: {
    operands: [],
    options: {
      ...placeOptions,
      profile: 'optional',
      listen: 'optional',
      'witness-policy': 'optional',
      clamd: 'optional',
      'trusted-proxies': 'optional',
    },
  },
  run: async (given, around) => {
    const { locale, tell } = around;
    const profile = given.option('profile') ?? 'production';
    if (profile !== 'demo' && profile !== 'production') return misuse(locale, 'cli.error.profile-unknown', { profile });
    const listen = listenOf(given.option('listen') ?? '');
    if (given.option('listen') !== undefined && listen === undefined) {
      return misuse(locale, 'cli.error.address-malformed', { address: given.required('listen') });
    }
    const clamd = given.option('clamd');
    const clamdAddress = clamd === undefined ? undefined : parseClamdAddress(clamd);
    if (clamdAddress?.ok === false)
      return misuse(locale, 'cli.error.clamd-address-malformed', { address: clamd ?? '' });
    const proxies = given.option('trusted-proxies');
    const trustedProxies = proxies === undefined ? undefined : parseTrustedProxies(proxies);
    if (trustedProxies?.ok === false)
      return misuse(locale, 'cli.error.trusted-proxies-malformed', { addresses: proxies ?? '' });
    const policyFile = given.option('witness-policy');
    const policy = policyFile === undefined ? undefined : await readSmallFile(policyFile, policySizeMax);
    if (policy?.ok === false) return misuse(locale, `cli.error.${policy.refusal.code}`, { file: policyFile ?? '' });
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const log = createServerLog((line) => void process.stderr.write(line));
    const lost = readLostLog(found.place.directory);
    if (lost !== undefined) return startLost(around, lost, { ...found.place, listen, log });
    const started = await startServer({
      ...found.place,
      profile,
      log,
      listen,
      trustedProxies: trustedProxies?.value,
      antivirus: clamdAddress === undefined ? undefined : clamdAntivirus({ address: clamdAddress.value }),
      witnessPolicy: policy === undefined ? undefined : Buffer.from(policy.value).toString('utf8'),
    });
    found.place.passphrase?.wipe();
    // A running server keeps the PIN for its next head.
    if (!started.ok) found.place.logKeyPin?.wipe();
    if (!started.ok) return refused(locale, started.refusal);
    const { url, identity, pin, close, state, treeSize } = started.value;
    const facts = { url, platform: identity.platform, profile, spki: pin.spki, state: state(), treeSize: treeSize() };
    // Before anybody knows that it runs: whoever reads the line may ask it to stop at once.
    const stopAsked = around.stopAsked();
    tell({ exit: 0, facts: { event: 'started', ...facts }, lines: [words(locale, 'cli.server.started', { url })] });
    await stopAsked;
    await close();
    return { exit: 0, facts: { event: 'stopped' }, lines: [words(locale, 'cli.server.stopped')] };
  },
};
