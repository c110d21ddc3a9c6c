import { createProgram } from './program.ts';
import { report } from './report.ts';

// `obstack … | head` closes our output early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await createProgram(process.argv).parseAsync();
} catch (error) {
  process.exitCode = report(error, process.stderr);
}
