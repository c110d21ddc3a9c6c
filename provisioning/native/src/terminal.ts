/** What the command line says: one permanent line per thing that happened, and one live line for what is happening. */
import type { StackEvent } from './stack.ts';

/** A line that stays, a line that is replaced by the next (`live`), or nothing. */
export interface Message {
  text?: string;
  live?: string;
}

/** Turns events into words. It remembers which parts have been ready, so that a restart is told from a start. */
export function describer(logsDir: string): (event: StackEvent) => Message {
  const known = new Set<string>();
  return (event) => {
    switch (event.type) {
      case 'note':
        return { text: `  ! ${event.text}` };
      case 'builds':
        return {
          text:
            `First start: building or fetching, once for all clones of this user: ${event.names.join(', ')}.\n` +
            `That takes about ${duration(event.seconds)} here.`,
        };
      case 'build':
        return describeBuild(event);
      case 'part': {
        const wasKnown = known.has(event.part);
        if (event.event.state === 'ready') known.add(event.part);
        return describePart(event, wasKnown, logsDir);
      }
    }
  };
}

function describeBuild(event: Extract<StackEvent, { type: 'build' }>): Message {
  const what = `${event.name} ${event.version}`;
  switch (event.phase) {
    case 'waiting':
      return { text: `  … another start is building ${what}: waiting for it` };
    case 'downloading':
      return { live: `  … ${what}: downloading (${event.files} files)` };
    case 'fetching': {
      const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
      const of = event.ofBytes > 0 ? ` of ${megabytes(event.ofBytes)}` : '';
      return { live: `  … ${what}: downloading (${megabytes(event.bytes)}${of})` };
    }
    case 'building':
      return {
        live: `  … building ${what}: ${Math.floor(event.share * 100)} %, about ${duration(event.secondsLeft)} left`,
      };
    case 'built':
      return { text: `  ✓ built ${what} in ${duration(event.seconds)}` };
  }
}

function describePart(
  event: Extract<StackEvent, { type: 'part' }>,
  wasKnown: boolean,
  logsDir: string,
): Message {
  const { part } = event;
  const happened = event.event;
  switch (happened.state) {
    case 'starting':
      return { live: `  … ${part} is starting` };
    case 'ready':
      return { text: `  ✓ ${part} ${wasKnown ? 'is back' : 'is ready'} (${seconds(happened.ms)})` };
    case 'done':
      return { text: `  ✓ ${part} is done (${seconds(happened.ms)})` };
    case 'died':
      return {
        text: `  ! ${part} ${happened.how}; starting it again in ${seconds(happened.restartInMs)} (${logsDir}/${part}.log)`,
      };
    case 'stopped':
      return { live: `  … ${part} has stopped` };
  }
}

/** 75 → "1 min 15 s"; whole minutes from ten on. */
export function duration(inSeconds: number): string {
  const total = Math.max(1, Math.round(inSeconds));
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  const rest = total % 60;
  return minutes >= 10 || rest === 0 ? `${Math.round(total / 60)} min` : `${minutes} min ${rest} s`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Writes messages: on a terminal the live line is overwritten in place, elsewhere it is said every 20 seconds at most. */
export class Terminal {
  readonly #out: NodeJS.WriteStream;
  #live = '';
  #liveSaidAt = Date.now();

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show({ text, live }: Message): void {
    if (text !== undefined) this.say(text);
    if (live === undefined) return;
    if (this.#out.isTTY) {
      this.#erase();
      this.#live = live.slice(0, this.#out.columns - 1);
      this.#out.write(this.#live);
    } else if (Date.now() - this.#liveSaidAt > 20_000) {
      this.#liveSaidAt = Date.now();
      this.#out.write(`${live}\n`);
    }
  }

  say(text: string): void {
    this.#erase();
    this.#out.write(`${text}\n`);
  }

  #erase(): void {
    if (this.#live !== '') this.#out.write('\r\u001b[K');
    this.#live = '';
  }
}
