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
