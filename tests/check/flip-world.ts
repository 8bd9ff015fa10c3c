import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPlatform, readPublishedHeads, type Finding } from '../../server/audit/index.ts';
import { readRecordKeys } from '../../server/boot/key-folder.ts';
import type { Keyring } from '../../server/keys/index.ts';
import { openDatabase, type Database, type Session } from '../../server/store/database.ts';
import { startEmbeddedPostgres } from '../../server/store/postgres/embedded.ts';
import { must } from '../server/support/platform.ts';

/** A platform whose server is stopped, with its database in the hands of a superuser. */
export type FlipWorld = {
  readonly directory: string;
  readonly database: Database;
  readonly keyring: Keyring;
  /** What a check finds in this state of the tables. */
  readonly check: (session: Session, isReplay?: boolean) => Promise<readonly Finding[]>;
  readonly close: () => Promise<void>;
};

export async function openFlipWorld(directory: string): Promise<FlipWorld> {
  const folder = join(directory, 'database', 'postgres');
  const postgres = must(await startEmbeddedPostgres(folder));
  const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { user: string; password: string };
  const database = openDatabase({ ...postgres.owner, ...owner }, { isAudit: true });
  const { keyring, documentKey } = must(readRecordKeys(join(directory, 'keys'), undefined));
  const logFolder = join(directory, 'log');
  return {
    directory,
    database,
    keyring,
    check: async (session, isReplay = false) => {
      const findings: Finding[] = [];
      const summary = await checkPlatform({
        ...{
          session,
          evidenceFolder: join(directory, 'evidence'),
          logFolder,
          keyring,
          documentKey: documentKey.publicKey,
          isLive: false,
          isReplay,
          witnesses: [],
        },
        heads: readPublishedHeads(logFolder),
        report: (finding) => findings.push(finding),
        onProgress: () => undefined,
      });
      if (summary === undefined && findings.length === 0) throw new Error('a check that cannot tell finds nothing');
      return findings;
    },
    close: async () => {
      await database.destroy();
      await postgres.stop();
    },
  };
}
