import { entryPath, type PackageManifest } from '../../core/log-package/index.ts';
import { say, type VerifierLocale } from '../log-verifier/index.ts';

const block = (command: string): string => `\`\`\`sh\n${command}\n\`\`\``;

/** How a stranger checks the package, with commands that run as they stand in its folder. */
export function guideOf(locale: VerifierLocale, manifest: PackageManifest, firstAct: number | undefined): string {
  const { from, to, origin } = manifest;
  const signature =
    firstAct === undefined
      ? []
      : [
          `## ${say(locale, 'guide.signature')}`,
          say(locale, 'guide.signature-text'),
          block(
            `openssl cms -verify -noverify -binary -inform DER -in ${entryPath('entries', firstAct, 'signature')} -content ${entryPath('entries', firstAct, 'act')} -out /dev/null`,
          ),
        ];
  const parts = [
    `# ${say(locale, 'guide.title')}`,
    ...(manifest.isDemo ? [`**${say(locale, 'demo')}**`] : []),
    say(locale, 'guide.what', { from, to, origin }),
    `## ${say(locale, 'guide.trust')}`,
    say(locale, 'guide.trust-text'),
    `## ${say(locale, 'guide.check')}`,
    say(locale, 'guide.check-text'),
    block(`node verify.mjs --trust ../trust --locale ${locale}`),
    say(locale, 'guide.without'),
    `## ${say(locale, 'guide.sums')}`,
    block('sha256sum --check --strict --quiet SHA256SUMS'),
    ...signature,
    `## ${say(locale, 'guide.place')}`,
    say(locale, 'guide.place-entries'),
    say(locale, 'guide.place-context'),
    say(locale, 'guide.place-media'),
    `## ${say(locale, 'guide.limits')}`,
    say(locale, 'guide.limits-text'),
  ];
  return `${parts.join('\n\n')}\n`;
}
