// Before the first real suite: opens a door to the lab. Nothing is started until a suite knocks, so that a run
// which does not need the lab does not pay for it; all suites of a run share what was started.
import { createServer } from 'node:http';
import { ensurePrograms } from './ensure-programs.ts';

let starting;

export default async function openDoor() {
  await ensurePrograms();
  const server = createServer((_request, response) => {
    starting ??= import('./lab.ts').then(({ startLab }) => startLab());
    starting.then(
      ({ lab }) => response.end(JSON.stringify(lab)),
      (error) => response.writeHead(500).end(String(error?.stack)),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.OBSTACK_LAB_DOOR = `http://127.0.0.1:${server.address().port}/`;
  globalThis.obstackLab = {
    async close() {
      server.closeAllConnections();
      server.close();
      const started = await starting?.catch(() => undefined);
      await started?.stop();
    },
  };
}
