// What every contest needs around the contenders: the stub that answers, the inspector behind it, the
// control-plane that vouches for our credentials, and a directory for it all.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseCores } from './measure/cpu.ts';
import { freePorts, Processes } from './measure/processes.ts';
import type { Running } from './measure/processes.ts';
import { startControlPlane } from './parts/control-plane-stand-in.ts';
import type { ControlPlaneStandIn } from './parts/control-plane-stand-in.ts';
import { Inspector } from './parts/inspector.ts';
import { startNginx, stubServer } from './parts/nginx.ts';
import { rangeAnswer } from './payloads.ts';

export interface Ring {
  readonly processes: Processes;
  readonly inspector: Inspector;
  readonly controlPlane: ControlPlaneStandIn;
  /** Where the contenders run. */
  readonly core: number;
  readonly loadCore: number;
  /** The stub itself, asked directly. */
  readonly direct: Place;
  /** Starts a contender on a port of its own, in front of a port of the stub that is its own too. */
  enter(start: Start): Promise<Place>;
  close(): Promise<void>;
}

export interface Place {
  readonly port: number;
  /** The port of the stub that this contender sends to; no other contender does. */
  readonly upstream: number;
  /** Undefined for the stub itself: its cost is not what is measured. */
  readonly pid: number | undefined;
}

export interface StartOptions {
  readonly core: number;
  readonly port: number;
  /** Port of the stub. */
  readonly upstream: number;
}

export type Start = (processes: Processes, options: StartOptions) => Promise<Running>;

const MAX_CONTENDERS = 8;

export async function openRing(): Promise<Ring> {
  const dir = mkdtempSync(join(tmpdir(), 'obstack-bench-'));
  const cores = chooseCores();
  const processes = new Processes(dir);
  const answer = rangeAnswer();
  const answersDir = join(dir, 'answers');
  mkdirSync(answersDir);
  writeFileSync(join(answersDir, 'answer.json'), answer);
  const inspector = await Inspector.start(answer);
  const controlPlane = await startControlPlane();
  const close = async (): Promise<void> => {
    await processes.stopAll();
    inspector.close();
    controlPlane.close();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const [direct = 0, ...free] = await freePorts(MAX_CONTENDERS);
    const http = stubServer([direct, ...free], inspector.port, answersDir);
    await startNginx(processes, { name: 'stub', core: cores.load, port: direct, http });
    return {
      ...{ processes, inspector, controlPlane, close },
      core: cores.server,
      loadCore: cores.load,
      direct: { port: direct, upstream: direct, pid: undefined },
      async enter(start) {
        const upstream = free.pop();
        if (upstream === undefined) throw new Error(`a ring has room for ${MAX_CONTENDERS} contenders`);
        const [port = 0] = await freePorts(1);
        const { pid } = await start(processes, { core: cores.server, port, upstream });
        return { port, upstream, pid };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
