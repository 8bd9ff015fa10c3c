export type ElectronRuntime = {
  readonly folder: string;
  readonly executable: string;
  readonly version: string;
  /** False for the development runtime: whatever is packaged on it is named `-dev`. */
  readonly isRelease: boolean;
};

export const releaseVersion: string;
export const developmentVersion: string;

/** The Electron that runs here, or `undefined` before set-up. */
export function electronRuntime(): ElectronRuntime | undefined;

export function prepareRuntime(): Promise<ElectronRuntime>;

export type User = { readonly uid: number; readonly gid: number };

/** Somebody without rights. */
export const nobody: User;

/** Whether Chromium's sandbox works here for a program of this user, or of the one that root names. Root never has it. */
export function canSandbox(user?: User): boolean;
