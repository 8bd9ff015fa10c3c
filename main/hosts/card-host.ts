import type { DeviceHostContract, Pkcs11ModuleConfiguration } from '../../contracts/device-host/index.ts';
import type { SuperviseOptions } from './options.ts';
import { superviseHost, type SupervisedHost } from './supervise.ts';

export type CardHostOptions = Omit<SuperviseOptions<DeviceHostContract>, 'configuration'> & {
  readonly modules: readonly Pkcs11ModuleConfiguration[];
  readonly pollEveryMs?: number;
};

/**
 * The host of everything that speaks to cards, kept alive. A module that was being tried when the host died, or was killed for not
 * answering, is set aside in the lives that follow, so that it takes the cards of the others down once and not for ever. A module
 * that is tried again and survives is set aside no longer. After any other crash no module is waited in for slot events any more, since
 * nobody can tell which one dies of that; the cards are asked for instead. A life that was killed says nothing of waiting. Remembered until this supervisor is closed, not on disk.
 */
export function superviseCardHost(options: CardHostOptions): SupervisedHost<DeviceHostContract> {
  const { modules, pollEveryMs, ...rest } = options;
  const setAside = new Set<string>();
  let tried: string | undefined;
  let mayWaitForSlots = true;
  const host = superviseHost({
    ...rest,
    configuration: (endedBy) => {
      if (tried !== undefined) setAside.add(tried);
      else if (endedBy !== undefined && endedBy !== 'SIGKILL') mayWaitForSlots = false;
      tried = undefined;
      return {
        mayWaitForSlots,
        modules: modules.map((module) => ({ ...module, isSetAside: setAside.has(module.id) })),
        ...(pollEveryMs === undefined ? {} : { pollEveryMs }),
      };
    },
  });
  host.on('module.trying', ({ moduleId }) => {
    tried = moduleId;
  });
  host.on('module.tried', ({ moduleId }) => {
    tried = undefined;
    setAside.delete(moduleId);
  });
  return host;
}
