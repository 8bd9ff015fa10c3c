import { words } from '../../locales/index.ts';
import { refused, type Command } from '../kit/index.ts';
import { administer, placeOptions } from './place.ts';

/** `qorgan server activation-code --iin IIN`: what an officer hands to a person, who sets his password by it beside his card. */
export const serverActivationCode: Command = {
  shape: { operands: [], options: { ...placeOptions, iin: 'required' } },
  run: (given, around) =>
    administer(given, around, async ({ activationCode }) => {
      const made = await activationCode(given.required('iin'));
      if (!made.ok) return refused(around.locale, made.refusal);
      const { code, expiresAtMs } = made.value;
      const until = new Date(expiresAtMs).toISOString();
      return {
        exit: 0,
        facts: { activationCode: code, expiresAtMs },
        lines: [
          words(around.locale, 'cli.server.activation-code', { code }),
          words(around.locale, 'cli.server.activation-code-until', { until }),
        ],
      };
    }),
};
