// An empty window for pages under test; what it shows and how large it is, the test says.
const { app, BrowserWindow } = require('electron');

app.on('window-all-closed', () => app.quit());
void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1366, height: 768, useContentSize: true, frame: false, show: true });
  void window.loadURL('about:blank');
});
