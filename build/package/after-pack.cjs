// Called by electron-builder when the application folder is complete, before it sets the fuses.
const { rmSync } = require('node:fs');
const { join } = require('node:path');

// What is needed to start an application from a folder, or tells how the development runtime was assembled.
const leftOut = ['resources/default_app.asar', 'version', '.assembled-from', 'LICENSE'];

exports.default = async ({ appOutDir, packager }) => {
  for (const file of leftOut) rmSync(join(appOutDir, file), { force: true });
  // A fuse that this electron-builder has no word for, on Electron 39 and later: WebAssembly traps by signal stay on.
  const { readFuses, writeFuses } = await import('../runtime/fuses.mjs');
  const executable = join(appOutDir, packager.executableName);
  if ('WasmTrapHandlers' in readFuses(executable)) writeFuses(executable, { WasmTrapHandlers: true });
};
