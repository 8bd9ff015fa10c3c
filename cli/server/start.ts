import { policySizeMax } from '../../core/log/index.ts';
import { words } from '../../locales/index.ts';
import { createServerLog, startServer } from '../../server/boot/index.ts';
import { clamdAntivirus, parseClamdAddress } from '../../server/evidence/index.ts';
import { listenOf, misuse, readSmallFile, refused, type Command } from '../kit/index.ts';
import { placeOf, placeOptions } from './place.ts';

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
    const policyFile = given.option('witness-policy');
    const policy = policyFile === undefined ? undefined : await readSmallFile(policyFile, policySizeMax);
    if (policy?.ok === false) return misuse(locale, `cli.error.${policy.refusal.code}`, { file: policyFile ?? '' });
    const found = await placeOf(given, around);
    if ('answer' in found) return found.answer;
    const log = createServerLog((line) => void process.stderr.write(line));
    const started = await startServer({
      ...found.place,
      profile,
      log,
      listen,
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
