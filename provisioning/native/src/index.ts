/** The native stack as a library: for tests, benchmarks and the demo. */
export { ensureBinary, type BuildProgress } from './builds.ts';
export type { Command } from './managed-process.ts';
export { searchQueriesPerStore } from './environment.ts';
export { proxyNodeFlags } from './parts.ts';
export type { Context, Part, PartName } from './parts.ts';
export { repositoryDir } from './paths.ts';
export { RemedyError } from './remedy-error.ts';
export { startStack, type Stack, type StackEvent, type StackOptions } from './stack.ts';
