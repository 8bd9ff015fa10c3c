import { applicationVersion } from '../../contracts/http/index.ts';

export const serverVersion = applicationVersion;
