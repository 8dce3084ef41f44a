// A runtime for the provisioner's tests: it keeps the promises of the files (`workspace.json` in, `runtime.json` out) and
// does what `behaviour` in its configuration says. Runs as a real process, started as the product starts one.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { config: { type: 'string' }, instance: { type: 'string' } } });
const config = JSON.parse(readFileSync(values.config, 'utf8'));
const behaviour = config.behaviour ?? 'well';
const boot_id = randomUUID();
const say = (line) => process.stdout.write(`${line}\n`);

say(`hello from ${config.name}`);
if (behaviour === 'fails_at_start') {
  say('agent.kind: "cmmand" is not known: did you mean "command"?');
  process.exit(2);
}
if (behaviour === 'deaf') process.on('SIGTERM', () => say('not listening'));
else {
  process.on('SIGTERM', () => {
    say('goodbye');
    process.exit(0);
  });
}
if (behaviour === 'has_child' || behaviour === 'deaf') {
  const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  writeFileSync(join(config.folder, 'child.pid'), String(child.pid));
}

const server = createServer((request, response) => {
  if (request.url?.startsWith('/say/')) {
    say(decodeURIComponent(request.url.slice(5)));
    response.end('said');
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 'ok', instance: values.instance, boot_id, pid: process.pid }));
});
server.listen(config.port, config.host, () => {
  const url = `http://${config.host}:${server.address().port}`;
  const file = join(config.folder, 'runtime.json');
  writeFileSync(
    `${file}.tmp`,
    JSON.stringify({ pid: process.pid, boot_id, port: server.address().port, url, instance: values.instance, started_at: Date.now() }),
    { mode: 0o600 },
  );
  renameSync(`${file}.tmp`, file);
});
