import { describe, expect, test } from 'vitest';
import { extensions } from '../../dev/ca/index.ts';
import { btsDigitalRoles, nationalRoles, type RoleMapping, type SignerRole } from '../../eds/index.ts';
import { hierarchy, judge } from './hierarchy.ts';
import { certificateOf } from './world.ts';

const made = (purposes: readonly string[]) =>
  hierarchy({ signer: { extensions: [extensions.extendedKeyUsage(['1.3.6.1.5.5.7.3.4', ...purposes])] } });
const authority = certificateOf(made([]).issuing).extensions.subjectKeyIdentifier ?? '';

function rolesBy(purposes: readonly string[], roleMappings?: readonly RoleMapping[]): readonly SignerRole[] {
  const report = judge(made(purposes), roleMappings === undefined ? {} : { trust: { roleMappings } });
  expect(report.verdict).toBe('VALID');
  return report.signer?.roles ?? [];
}

describe('the roles of a signer', () => {
  test.each<[string, SignerRole]>([
    ['1.2.398.3.3.4.1.1', 'individual'],
    ['1.2.398.3.3.4.1.1.1', 'information-system'],
    ['1.2.398.3.3.4.1.2', 'legal-entity'],
    ['1.2.398.3.3.4.1.2.1', 'head'],
    ['1.2.398.3.3.4.1.2.2', 'signing-right'],
    ['1.2.398.3.3.4.1.2.3', 'financial-signing-right'],
    ['1.2.398.3.3.4.1.2.4', 'human-resources'],
    ['1.2.398.3.3.4.1.2.5', 'employee'],
    ['1.2.398.3.3.4.1.2.6', 'information-system'],
    ['1.2.398.3.3.4.1.2.6.17', 'information-system'],
    ['1.2.398.3.3.4.2.1', 'authority-administrator'],
    ['1.2.398.3.3.4.2.2', 'authority-manager'],
    ['1.2.398.3.3.4.2.3', 'authority-operator'],
    ['1.2.398.3.3.4.3.1', 'identified-at-service-centre'],
    ['1.2.398.3.3.4.3.2', 'identified-remotely'],
    ['1.2.398.3.3.4.3.2.1', 'identified-by-digital-id'],
    ['1.2.398.3.3.4.3.2.2', 'identified-by-ai-platform'],
  ])('by %s of the national register: %s', (oid, role) => {
    expect(rolesBy([oid])).toEqual([role]);
  });

  test('do not come from what lies below or above an entry of the register', () => {
    expect(rolesBy(['1.2.398.3.3.4.1.2.5.1', '1.2.398.3.3.4.1', '1.2.398.3.3.4.1.2.6.17.1'])).toEqual([]);
  });

  test('are granted by each authority in its own words only', () => {
    const both = ['1.2.398.3.3.4.1.2.1', '1.2.398.3.17.3.7'];
    const own: readonly RoleMapping[] = [
      { issuers: [authority], roles: btsDigitalRoles },
      { issuers: ['00'], roles: nationalRoles },
    ];
    expect(rolesBy(both, own)).toEqual(['employee']);
    expect(rolesBy(both)).toEqual(['head']);
  });
});
