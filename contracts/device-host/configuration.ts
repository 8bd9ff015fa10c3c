import * as z from 'zod';

/** Names a configured PKCS#11 module in calls, logs and settings. */
export const moduleId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/u);

/** Variables of the loader and of Node would run foreign code in the process; a module has no use for them. */
const variableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/u)
  .refine((name) => !/^(?:LD_|NODE_|ELECTRON_|GCONV_)/u.test(name));

const pkcs11Module = z.strictObject({
  id: moduleId,
  /** Absolute path of the shared library. */
  path: z.string().min(1).max(4096).startsWith('/'),
  /** Variables that the module reads, such as `SOFTHSM2_CONF`; set before it is loaded, seen by this process only. */
  environment: z.record(variableName, z.string().max(4096)).default({}),
  /** The host died or hung while this module was being tried: not loaded again before `modules.retry` asks for it. */
  isSetAside: z.boolean().default(false),
});

/** What the device host is told at each start. */
export const deviceHostConfiguration = z.strictObject({
  modules: z.array(pkcs11Module).max(16),
  /** How often a module without slot events is asked which cards it sees. */
  pollEveryMs: z.int().min(50).max(60_000).default(1_000),
});

export type DeviceHostConfiguration = z.infer<typeof deviceHostConfiguration>;
/** A module as it is configured; whether it is set aside is found out while the hosts live. */
export type Pkcs11ModuleConfiguration = Omit<DeviceHostConfiguration['modules'][number], 'isSetAside'>;
