/** Prints what a visitor downloads: each script of the build, raw and gzipped, entries before lazy chunks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Compiler } from 'webpack';

export class BundleSizes {
  apply(compiler: Compiler): void {
    compiler.hooks.done.tap('BundleSizes', ({ compilation }) => {
      if (compilation.errors.length > 0) {
        return;
      }
      const rows = [...compilation.chunks].flatMap((chunk) =>
        [...chunk.files]
          .map((file) => file.replace(/\?.*/, ''))
          .filter((file) => file.endsWith('.js'))
          .map((file) => {
            const source = readFileSync(join(compiler.outputPath, file));
            return { file, isLazy: !chunk.canBeInitial(), raw: source.length, gzip: gzipSync(source).length };
          })
      );
      rows.sort((a, b) => Number(a.isLazy) - Number(b.isLazy) || b.gzip - a.gzip);
      for (const { file, isLazy, raw, gzip } of rows) {
        console.log(`${isLazy ? 'lazy ' : 'entry'} ${kilobytes(raw)} ${kilobytes(gzip)} gzip  ${file}`);
      }
      const total = rows.reduce((sum, { gzip }) => sum + gzip, 0);
      console.log(`${rows.length} scripts, ${kilobytes(total).trim()} gzip together`);
    });
  }
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
