// On a machine's first run the programs that suites start have yet to be built or fetched: minutes that no suite's own time
// limit allows for, and that suites side by side would take from each other.
import { ensureBinary, RemedyError } from '@obstack/native';
import type { BuildProgress } from '@obstack/native';

const PROGRAMS = [
  ...['redis', 'toxiproxy', 'docker-compose', 'alertmanager', 'keycloak', 'opensearch'],
  ...['tempo', 'minio', 'loki', 'prometheus', 'otel-collector'],
];

/** Those that this machine cannot make are left to the suites, which skip what needs them or say what is missing. */
export async function ensurePrograms(
  write = (line: string): void => void process.stderr.write(line),
): Promise<void> {
  for (const name of PROGRAMS) {
    try {
      await ensureBinary(name, { onProgress: tell(write) });
    } catch (error) {
      if (!(error instanceof RemedyError)) throw error;
      write(`${name}: ${error.message}\n`);
    }
  }
}

function tell(write: (line: string) => void): (progress: BuildProgress) => void {
  let told: string | undefined;
  return (progress) => {
    const { phase, name, version } = progress;
    if (phase === 'built') write(`${name} ${version} is here, after ${progress.seconds.toFixed(0)} s\n`);
    else if (phase !== told) write(`${name} ${version}: ${phase}, once on this machine …\n`);
    told = phase;
  };
}
