import type { FactorMethod, Realm } from './factor-methods.ts';

/** What somebody wants to do with the factors that he shows. `break-glass` is the sign-in of the sealed account alone. */
export const factorPurposes = ['sign-in', 'step-up', 'first-registration', 'password-change', 'break-glass'] as const;

export type FactorPurpose = (typeof factorPurposes)[number];

/** `on` counts under every policy; `switch` counts where the policy switches it on; what stands in no row never counts. */
export type FactorStanding = 'on' | 'switch';

/** Methods that count together. */
export type FactorRow = { readonly methods: readonly FactorMethod[] } & {
  readonly [R in Realm]?: FactorStanding;
};

type Standings = Omit<FactorRow, 'methods'>;

/** Face by the state's service and face by a camera of the platform count alike (57-9, 57-10.2). */
function withFace(methods: readonly FactorMethod[], standings: Standings): readonly FactorRow[] {
  return (['face-coid', 'face-platform'] as const).map((face) => ({ methods: [...methods, face], ...standings }));
}

/**
 * The combinations that count, both realms (57-8 to 57-11; docs/decisions/0015). Not here, and therefore never: two of a kind;
 * password with a code that is sent; any EDS in a file for staff; whatever a participant shows without EDS and without face. A
 * code by SMS beside a face counts, as the state's service gives both at once; one by e-mail proves no possession. A phone that
 * compares a finger shows its key as `device-key`, and its comparison adds nothing.
 */
export const factorMatrix: Readonly<Record<FactorPurpose, readonly FactorRow[]>> = {
  'sign-in': [
    { methods: ['password', 'card-eds'], staff: 'on', participant: 'on' },
    ...withFace(['card-eds'], { staff: 'switch', participant: 'on' }),
    ...withFace(['password'], { staff: 'switch', participant: 'on' }),
    ...withFace(['device-key'], { staff: 'switch', participant: 'on' }),
    ...withFace(['totp'], { staff: 'switch', participant: 'on' }),
    ...withFace(['fido-key'], { staff: 'switch', participant: 'on' }),
    ...withFace(['sms-code'], { staff: 'switch', participant: 'on' }),
    { methods: ['eds-file', 'password'], participant: 'on' },
    ...withFace(['eds-file'], { participant: 'on' }),
    // Only for carriers that the policy lists: the platform cannot see the PIN, it takes the carrier's word.
    { methods: ['card-eds', 'token-pin'], staff: 'switch' },
  ],
  // Within a session, which stands on two factors itself: a participant shows the stronger of them anew.
  'step-up': [
    { methods: ['password', 'card-eds'], staff: 'on' },
    ...withFace(['card-eds'], { staff: 'switch' }),
    { methods: ['card-eds'], participant: 'on' },
    ...withFace([], { participant: 'on' }),
  ],
  // 57-9 lets one suffice; ours are two unless the policy says otherwise. Staff is registered by an order and two officers.
  'first-registration': [
    ...withFace(['card-eds'], { participant: 'on' }),
    { methods: ['card-eds'], participant: 'switch' },
    ...withFace([], { participant: 'switch' }),
  ],
  // 57-11: a participant's never without a face.
  'password-change': [
    { methods: ['password', 'card-eds'], staff: 'on' },
    ...withFace(['card-eds'], { staff: 'switch', participant: 'on' }),
    ...withFace(['password'], { participant: 'on' }),
  ],
  'break-glass': [
    { methods: ['password', 'totp'], staff: 'on' },
    { methods: ['password', 'fido-key'], staff: 'on' },
    { methods: ['password', 'device-key'], staff: 'switch' },
    { methods: ['password', 'phone-biometrics'], staff: 'switch' },
  ],
};
