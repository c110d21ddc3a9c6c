#!/usr/bin/env node
// Node runs the TypeScript behind this directly, from 24.12 on; older ones would only say that they cannot read it.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `obstack needs Node 24.12 or newer; this is ${process.version}.\nIn a checkout, \`npx obstack\` uses the right one.\n`,
  );
  process.exitCode = 2;
} else {
  await import('../src/main.ts');
}
