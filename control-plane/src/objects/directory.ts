/** Objects of tenants as files, where there is no S3: `<folder>/<tenantId>/<name>`, readable by their owner only. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { TenantId } from '@obstack/contracts';
import type { ObjectStore } from './object-store.ts';

export function createDirectoryStore(folder: string): ObjectStore {
  return {
    place: folder,
    of(tenantId) {
      const root = resolve(folder, TenantId.parse(tenantId));
      const pathOf = (name: string): string => {
        const path = resolve(root, name);
        if (!path.startsWith(root + sep)) throw new Error(`${name} is not below the tenant's folder`);
        return path;
      };
      return {
        async put(name, content) {
          const path = pathOf(name);
          await mkdir(dirname(path), { recursive: true, mode: 0o700 });
          await writeFile(path, content, { mode: 0o600 });
        },
        async *list() {
          const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(noneIfMissing);
          for (const entry of entries) {
            if (entry.isFile()) yield relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/');
          }
        },
        async delete(names) {
          for (const name of names) await rm(pathOf(name), { force: true });
          if (
            (await readdir(root, { recursive: true, withFileTypes: true }).catch(noneIfMissing)).every((e) =>
              e.isDirectory(),
            )
          )
            await rm(root, { recursive: true, force: true });
        },
      };
    },
  };
}

function noneIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
