/** Which ports the parts of a stack get, and the addresses that follow. */
import type { Part, PartName } from './parts.ts';
import { type HeldPort, holdPort } from './ports.ts';

export interface Addresses {
  /** `<part>.<port name>` → port. */
  ports: Record<string, number>;
  /** Of each selected part that others may want to reach. */
  urls: Partial<Record<PartName, string>>;
  /** What is not as usual, in words. */
  notes: string[];
  /** Lets go of a part's ports, for the part to take them; of all parts when none is named. */
  release(part?: PartName): Promise<void>;
}

/**
 * Chooses for every port of every part the one remembered, else the usual one, else a free one; in `free` mode never the
 * usual. Ports of selected parts are held. Parts left out have addresses too: in `free` mode (tests) such where nobody
 * listens, so that what would talk to them finds nobody, not a stranger.
 */
export async function chooseAddresses(
  table: readonly Part[],
  selected: readonly Part[],
  remembered: Readonly<Record<string, number>>,
  free: boolean,
): Promise<Addresses> {
  const ports: Record<string, number> = {};
  const urls: Addresses['urls'] = {};
  const notes: string[] = [];
  const held = new Map<string, HeldPort>();
  for (const part of table) {
    for (const [name, usual] of Object.entries(part.ports)) {
      const key = `${part.name}.${name}`;
      const last = remembered[key];
      if (selected.includes(part)) {
        const port = await holdPort([...(last ? [last] : []), ...(free ? [] : [usual])]);
        held.set(key, port);
        ports[key] = port.port;
        if (!free && port.port !== usual) notes.push(noteOn(part, name, port.port, port.port === last));
      } else {
        ports[key] = last ?? (free ? await unused() : usual);
      }
    }
    const url = urlOf(part, ports);
    if (selected.includes(part) && url !== undefined) urls[part.name] = url;
  }
  return {
    ports,
    urls,
    notes,
    release: async (part) => {
      for (const [key, port] of held) {
        if (part !== undefined && !key.startsWith(`${part}.`)) continue;
        held.delete(key);
        await port.release();
      }
    },
  };
}

async function unused(): Promise<number> {
  const held = await holdPort([]);
  await held.release();
  return held.port;
}

function urlOf(part: Part, ports: Record<string, number>): string | undefined {
  for (const [name, scheme] of [
    ['http', 'http'],
    ['sql', 'postgres'],
  ] as const) {
    const port = ports[`${part.name}.${name}`];
    if (port !== undefined) return `${scheme}://127.0.0.1:${port}`;
  }
  return undefined;
}

function noteOn(part: Part, name: string, port: number, asLast: boolean): string {
  const which = name === 'http' ? part.name : `${part.name} (${name})`;
  const usual = part.ports[name] ?? 0;
  if (asLast) return `${which} keeps port ${port} of the last start (usual: ${usual})`;
  return `port ${usual} is taken: ${which} listens on ${port} instead`;
}
