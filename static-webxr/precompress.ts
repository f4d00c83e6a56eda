import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(html|js|css|svg|json|wasm|webmanifest)$/;

/**
 * Lays a `.br` and a `.gz` beside every file that gains by it: compressed once, at the highest level, instead of at
 * each request. The embedded host serves them; Static Web Apps compresses by itself.
 */
export function precompress(): Plugin {
  return {
    name: 'portico-precompress',
    apply: 'build',
    async writeBundle({ dir }) {
      const names = (await readdir(dir!, { recursive: true })).filter((name) => compressible.test(name));
      await Promise.all(
        names.map(async (name) => {
          const file = join(dir!, name);
          const bytes = await readFile(file);
          const forms = {
            '.br': await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
            '.gz': await promisify(gzip)(bytes, { level: 9 }),
          };
          for (const [extension, form] of Object.entries(forms)) if (form.length < bytes.length * 0.95) await writeFile(file + extension, form);
        }),
      );
    },
  };
}
