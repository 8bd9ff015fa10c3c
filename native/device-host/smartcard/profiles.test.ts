import { describe, expect, test } from 'vitest';
import { deviceHost } from '../../../contracts/device-host/index.ts';
import { knownProfiles, profileOf, wayOf } from './profiles.ts';

const configuration = { id: 'm', path: '/m.so', environment: {} };
const moduleOf = (manufacturerID: string, libraryDescription: string) => ({
  C_GetInfo: () => ({
    cryptokiVersion: { major: 2, minor: 40 },
    manufacturerID,
    flags: 0,
    libraryDescription,
    libraryVersion: { major: 1, minor: 0 },
  }),
});

describe('the profile of a module', () => {
  test('is the common one where nothing says otherwise', () => {
    expect(profileOf(moduleOf('OpenSC Project', 'OpenSC smartcard framework'), configuration).name).toBe('common');
    expect(profileOf(moduleOf('Aktiv Co.', 'something else'), configuration).name).toBe('common');
  });

  test('is recognised by both names of CK_INFO, unless the configuration chooses', () => {
    const module = moduleOf('Aktiv Co.                       ', 'Rutoken ECP PKCS #11 library    ');
    expect(profileOf(module, configuration).name).toBe('tc26');
    expect(profileOf(module, { ...configuration, profile: 'common' }).name).toBe('common');
    expect(profileOf(moduleOf('', ''), { ...configuration, profile: 'tc26' }).name).toBe('tc26');
  });

  test('is what the configuration lists, and nothing beside it', () => {
    const way = {
      mechanism: 'gost-2004',
      type: 1,
      input: 'digest',
      digestOrder: 'as-computed',
      signatureOrder: 'reversed',
      keyTypes: [2],
    } as const;
    const profile = profileOf(moduleOf('Aktiv Co.', 'Rutoken'), { ...configuration, signing: [way] });
    expect(wayOf(profile, 'gost-2004', [1])).toEqual(way);
    expect(wayOf(profile, 'rsa-pkcs1-sha256', [0x40, 1])).toBeUndefined();
    const parsed = deviceHost.configuration.safeParse({ modules: [{ ...configuration, signing: [way] }] });
    expect(parsed.success).toBe(true);
  });

  test('takes the first way that the token offers: hashing on the token before hashing here', () => {
    const [common] = knownProfiles;
    if (common === undefined) throw new Error('the table has the common profile');
    expect(wayOf(common, 'rsa-pkcs1-sha256', [0x1, 0x40])).toMatchObject({ type: 0x40, input: 'data' });
    expect(wayOf(common, 'rsa-pkcs1-sha256', [0x1])).toMatchObject({ type: 0x1, input: 'digest-info' });
    expect(wayOf(common, 'gost-2015-512', [0xd4321009])).toBeUndefined();
  });
});
