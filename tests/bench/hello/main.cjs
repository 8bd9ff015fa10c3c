// The yardstick of the start: the smallest application with a window, on the same runtime.
const { app, BrowserWindow } = require('electron');
const { join } = require('node:path');

app.setPath(
  'userData',
  process.argv.find((word) => word.startsWith('--profile-directory='))?.slice(20) ?? app.getPath('temp'),
);
void app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 1366,
    height: 768,
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true },
  });
  window.once('ready-to-show', () => window.show());
  return window.loadFile(join(__dirname, 'hello.html'));
});
app.on('window-all-closed', () => app.quit());
