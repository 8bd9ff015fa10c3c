import { X509Certificate } from 'node:crypto';
import type * as z from 'zod';
import { staffRecord } from '../../contracts/documents/index.ts';
import { toHex } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import { words } from '../../locales/index.ts';
import { misuse, readSmallFile, refused, type Command } from '../kit/index.ts';
import { administer, placeOptions } from './place.ts';

const fileSizeMaxBytes = 65_536;

/** What an administrator writes of a person; certificates may come as hashes here, or as a file beside. */
const staffFile = staffRecord
  .omit({ form: true, platform: true, profile: true })
  .extend({ certificates: staffRecord.shape.certificates.default([]) });

function readStaff(text: string): z.output<typeof staffFile> | undefined {
  try {
    return staffFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** `qorgan server add-staff FILE`: grants, changes or, with no roles, blocks a person; counts once it is in the log. */
export const serverAddStaff: Command = {
  shape: { operands: ['FILE'], options: { ...placeOptions, certificate: 'optional' } },
  run: async (given, around) => {
    const { locale } = around;
    const [file = ''] = given.operands;
    const bytes = await readSmallFile(file, fileSizeMaxBytes);
    if (!bytes.ok) return misuse(locale, `cli.error.${bytes.refusal.code}`, { file });
    const staff = readStaff(Buffer.from(bytes.value).toString('utf8'));
    if (staff === undefined) return refused(locale, { code: 'document-malformed' });
    const certificateFile = given.option('certificate');
    const hashes = new Set(staff.certificates);
    if (certificateFile !== undefined) {
      const certificate = await readSmallFile(certificateFile, fileSizeMaxBytes);
      if (!certificate.ok) return misuse(locale, `cli.error.${certificate.refusal.code}`, { file: certificateFile });
      const hash = hashOf(certificate.value);
      if (hash === undefined) return refused(locale, { code: 'certificate-malformed' });
      hashes.add(hash);
    }
    return administer(given, around, async (administration) => {
      const added = await administration.addStaff({ ...staff, certificates: [...hashes] });
      if (!added.ok) return refused(locale, added.refusal);
      return {
        exit: 0,
        facts: { roles: staff.roles, certificates: [...hashes] },
        lines: [words(locale, 'cli.server.staff-added', { name: staff.name })],
      };
    });
  },
};

function hashOf(certificate: Uint8Array): z.output<typeof staffFile>['certificates'][number] | undefined {
  try {
    return staffRecord.shape.certificates.element.parse(toHex(sha256(new X509Certificate(certificate).raw)));
  } catch {
    return undefined;
  }
}
