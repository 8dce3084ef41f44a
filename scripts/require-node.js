// Imported first by every script, and written without modern syntax: an old Node must reach the sentence below.
const parts = process.versions.node.split('.').map(Number);

if (parts[0] < 20 || (parts[0] === 20 && parts[1] < 9)) {
  console.error(`Canvas needs Node 20.9 or newer; this is Node ${process.versions.node} (${process.execPath}).`);
  console.error('Install a current one from https://nodejs.org, or with a version manager: nvm install 24');
  process.exit(1);
}

process.env.NEXT_TELEMETRY_DISABLED = '1';
process.env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = '1';
