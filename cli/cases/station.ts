import { join } from 'node:path';
import { applicationVersion } from '../../contracts/http/index.ts';
import { createWorkstation, thisMachine, type PromptPort, type Workstation } from '../../main/engine/index.ts';
import { cardModules } from '../../main/hosts/index.ts';
import { hostFiles } from '../cards/index.ts';

/** The workstation of a folder, without windows; the caller closes it. */
export function openStation(options: {
  readonly directory: string;
  readonly cards: string | undefined;
  readonly prompt: PromptPort;
  readonly onBug: (incidentId: string, stack: string) => void;
}): Workstation {
  const { directory, cards, prompt } = options;
  return createWorkstation({
    ...hostFiles,
    ...thisMachine(directory),
    directory,
    modules: cardModules([cards ?? join(directory, 'cards.json')]),
    prompt,
    version: applicationVersion,
    kind: 'import-station',
    log: (entry) => {
      if (entry.kind === 'bug') options.onBug(entry.incidentId, entry.stack);
    },
  });
}
