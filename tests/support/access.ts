import {
  registryOf,
  type AccessChange,
  type EmergencyOpening,
  type PolicyDocument,
  type RegistryState,
  type Role,
  type StaffGrant,
} from '../../core/access/index.ts';
import type { Iin, PlatformId, Sha256Hex } from '../../core/kernel/index.ts';
import { sha256 } from './crypto.ts';

export const dayMs = 86_400_000;
export const accessPlatform = { platform: 'p-1' as PlatformId, profile: 'demo' } as const;

export const changeRules = {
  staff: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
  device: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
  policy: { propose: ['security-officer'], confirm: ['manager'] },
  review: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
  release: { propose: ['security-officer'], confirm: ['security-officer', 'manager'] },
} as const satisfies NonNullable<PolicyDocument['changes']>;

/** A policy in which security officers propose, and officers and managers confirm. */
export function accessPolicy(version = 1, effectiveFromMs = 0): PolicyDocument {
  const both = ['security-officer', 'manager'] as const;
  return {
    form: 'qorgan.policy/1',
    ...accessPlatform,
    version,
    effectiveFromMs,
    access: {
      acts: {
        'registration.submit': ['registrar'],
        'registration.claim': ['reviewer'],
        'registration.release': ['reviewer'],
        'registration.return': ['reviewer'],
        'registration.approve': ['reviewer'],
        'registration.refuse': ['reviewer'],
        'access.propose': ['security-officer'],
        'access.confirm': both,
        'access.decline': both,
        'access.withdraw': ['security-officer'],
        'access.block': both,
      },
      reads: {
        registrar: ['registration'],
        reviewer: ['registration'],
        'security-officer': ['access'],
        manager: ['access'],
      },
    },
    changes: changeRules,
    registration: { claimTtlMs: 1_000 },
    clock: { warnDriftMs: 1_000, refuseDriftMs: 2_000 },
    sync: { promiseDeadlineMs: 2_000, offlineTtlMs: 60_000 },
    signatures: { carriers: [], refusedPolicies: [], crlAgeMaxMs: 60_000 },
  };
}

export function certificateOf(name: string): Sha256Hex {
  return Buffer.from(sha256(name)).toString('hex') as Sha256Hex;
}

/** The record of an employee, named after his place among the people of a test. */
export function grantOf(iin: string, held: readonly Role[], other: Partial<StaffGrant> = {}): StaffGrant {
  return {
    iin: iin as Iin,
    name: `Person ${iin}`,
    employeeNumber: `E-${iin}`,
    roles: held,
    certificates: [certificateOf(iin)],
    validFromMs: 0,
    validUntilMs: null,
    standing: 'active',
    contract: null,
    ...other,
  };
}

/** An opening of the emergency account by this person. */
export function openingBy(iin: string): EmergencyOpening {
  return {
    form: 'qorgan.break-glass/1',
    ...accessPlatform,
    seal: certificateOf('seal'),
    server: 'https://platform.example.kz',
    ...{ iin: iin as Iin, name: `Person ${iin}`, reason: 'All cards are lost', openedAtMs: dayMs },
  };
}

/** A registry of these people under one policy. */
export function registryOfPeople(people: readonly StaffGrant[], policy = accessPolicy()): RegistryState {
  const staff = people.map((record) => ({ record, source: 'founding' }));
  return registryOf({ staff, devices: [], policies: [{ record: policy, source: 'founding' }] }, { sha256, atMs: 0 });
}

/** The change of a person's record as it stands in a registry now. */
export function staffChange(registry: RegistryState, record: StaffGrant): AccessChange {
  const person = registry.people.get(record.iin);
  const before = person === undefined ? null : { record: person.record, hash: person.hash };
  return { kind: 'staff', before, record };
}
