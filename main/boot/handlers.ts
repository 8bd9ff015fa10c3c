import { dialog, type BrowserWindow } from 'electron';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../core/kernel/index.ts';
import type { OperatorOutput, OperatorVerbs } from '../../contracts/ipc/index.ts';
import type { Preferences, Workstation } from '../engine/index.ts';
import type { WindowHandlers } from '../ipc/index.ts';
import { Screenshots } from './screenshots.ts';

/** Drops members that were not given, so that only what the person chose is changed. */
function given(input: { readonly [Name in keyof Preferences]?: Preferences[Name] | undefined }): Partial<Preferences> {
  const { locale, colourScheme, density } = input;
  return {
    ...(locale === undefined ? {} : { locale }),
    ...(colourScheme === undefined ? {} : { colourScheme }),
    ...(density === undefined ? {} : { density }),
  };
}

async function saveExport(
  workstation: Workstation,
  window: BrowserWindow,
  actionId: string,
): Promise<Result<OperatorOutput<'receipt.export'>>> {
  const files = await workstation.exportAct(actionId);
  if (!files.ok) return files;
  const chosen = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'] });
  const folder = chosen.filePaths[0];
  if (chosen.canceled || folder === undefined) return ok({ isSaved: false });
  for (const { name, bytes } of files.value) await writeFile(join(folder, name), bytes, { mode: 0o600 });
  return ok({ isSaved: true });
}

async function savePermissions(
  workstation: Workstation,
  window: BrowserWindow,
  version: number,
): Promise<Result<OperatorOutput<'permissions.export'>>> {
  const table = await workstation.exportPermissions(version);
  if (!table.ok) return table;
  const chosen = await dialog.showSaveDialog(window, { defaultPath: `permissions-${version}.csv` });
  if (chosen.canceled) return ok({ isSaved: false });
  await writeFile(chosen.filePath, table.value, { mode: 0o600 });
  return ok({ isSaved: true });
}

/** What each verb of the operator's window does. */
export function operatorHandlers(workstation: Workstation, window: () => BrowserWindow): WindowHandlers<OperatorVerbs> {
  const screenshots = new Screenshots();
  // A picture of an open case does not outlive the shift.
  workstation.on(() => {
    if (workstation.phase() !== 'open') screenshots.forget();
  });
  return {
    'app.get': () => Promise.resolve(ok(workstation.app())),
    'preferences.set': (input) => {
      workstation.setPreferences(given(input));
      return Promise.resolve(ok(null));
    },
    'certificates.list': () => workstation.certificates(),
    'modules.retry': ({ id }) => workstation.retryModule(id),
    'enrolment.start': (input) => workstation.enrol(input),
    'shift.start': ({ certificateId }) => workstation.startShift(certificateId),
    'shift.end': () => workstation.endShift(),
    'cases.list': (input) => workstation.listCases(input),
    'cases.get': ({ id }) => workstation.readCase(id),
    'signatures.get': (wanted) => workstation.readSignature(wanted),
    'acts.preview': (draft) => workstation.preview(draft),
    'acts.sign': (draft) => workstation.sign(draft),
    'journal.list': (input) => workstation.listJournal(input),
    'journal.get': ({ sequence }) => workstation.readJournalEntry(sequence),
    'journal.check': () => workstation.checkJournal(),
    'log.list': (input) => workstation.listLog(input),
    'log.get': ({ index }) => workstation.readLogEntry(index),
    'receipt.export': ({ actionId }) => saveExport(workstation, window(), actionId),
    'evidence.list': (input) => workstation.listEvidence(input),
    'evidence.pause': ({ sha256, isPaused }) => workstation.pauseEvidence(sha256, isPaused),
    'screenshot.take': () => screenshots.take(window()),
    'screenshot.keep': (input) => screenshots.keep(workstation, input),
    'screenshot.drop': ({ id }) => {
      screenshots.drop(id);
      return Promise.resolve(ok(null));
    },
    'retention.get': () => workstation.retention(),
    'policies.list': () => workstation.listPolicies(),
    'policies.get': ({ version }) => workstation.readPolicy(version),
    'permissions.export': ({ version }) => savePermissions(workstation, window(), version),
    'password.change': () => workstation.changePassword(),
    'sessions.list': ({ of }) => workstation.listSessions(of),
    'sessions.end': (input) => workstation.endSession(input),
    'people.list': (input) => workstation.listPeople(input),
    'people.get': ({ iin }) => workstation.readPerson(iin),
    'people.acts': (input) => workstation.listActsOf(input),
    'people.blockedActs': (input) => workstation.listBlockedActs(input),
    'devices.list': () => workstation.listDevices(),
    'alarms.list': () => workstation.listAlarms(),
    'changes.list': (input) => workstation.listChanges(input),
    'changes.get': ({ caseId }) => workstation.readChange(caseId),
    'sync.now': () => {
      workstation.syncNow();
      return Promise.resolve(ok(null));
    },
    'alarm.acknowledge': ({ id }) => workstation.acknowledgeAlarm(id),
  };
}
