import { TestServer } from './test-server.ts';

/** Test support, a program: a slow server with some workspaces, and a page that takes as many turns of the loop as a real one. */
const canvas = await new TestServer().open({
  logLevel: 'warn',
  handle: async (_request, response) => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    response.setHeader('content-type', 'text/html');
    response.end('<h1>page</h1>');
  },
});
// A machine on which each token takes a millisecond: the flood is more than it can take, however busy the real one is.
const { tokens } = canvas.platform.deps;
const verify = tokens.verify.bind(tokens);
tokens.verify = (text, now) => {
  const until = performance.now() + 1;
  while (performance.now() < until);
  return verify(text, now);
};
const workspaces = await Promise.all(Array.from({ length: 20 }, (_, index) => canvas.workspace(`W${index}`)));
for (const workspace of workspaces) await canvas.platform.beat(workspace);
process.stdout.write(`${JSON.stringify({ url: canvas.url, workspaces })}\n`);
process.on('SIGTERM', async () => {
  process.stdout.write(`${canvas.lines.join('')}\n`);
  await canvas.close();
  process.exit(0);
});
