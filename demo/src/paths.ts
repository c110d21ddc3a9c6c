/** Where in the stack's folder the demo keeps what it writes. */
import { join } from 'node:path';

export const DEFAULT_STACK_DIR = '.obstack';

export const demoFileIn = (stackDir: string) => join(stackDir, 'demo.json');
export const agentFileIn = (stackDir: string) => join(stackDir, 'demo', 'prometheus-agent.yaml');
