import { connect } from 'node:net';

/**
 * Test support, a program: clients that beat as fast as they are answered, and do not wait when they are asked to.
 * `node test-flood.js '{"port", "connections", "workspaces"}'`; it prints `shed` at the first 503, and at SIGTERM how many
 * answers of each kind it got, and how many connections were closed on it.
 */
const { port, connections, workspaces } = JSON.parse(process.argv[2]);
const counts = {};

function note(answer) {
  const kind = `${answer.slice(9, 12)}${answer.includes('retry-after: 1\r\n') ? ' try later' : ''}`;
  if (kind.startsWith('503') && !(kind in counts)) process.stdout.write('shed\n');
  counts[kind] = (counts[kind] ?? 0) + 1;
}

for (let index = 0; index < connections; index += 1) {
  const { id, token } = workspaces[index % workspaces.length];
  const body = JSON.stringify({ workspace_id: id, uptime_seconds: 10, active_tasks: index % 7, runtime_metadata: {} });
  const beat = `POST /registry/heartbeat HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const socket = connect(port, '127.0.0.1', () => socket.write(beat));
  socket.on('data', (chunk) => {
    note(chunk.toString('latin1'));
    socket.write(beat);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    counts.closed = (counts.closed ?? 0) + 1;
  });
}
process.on('SIGTERM', () => {
  process.stdout.write(JSON.stringify(counts), () => process.exit(0));
});
