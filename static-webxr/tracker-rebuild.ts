import { spawn } from 'node:child_process';
import { resolve, sep } from 'node:path';
import type { Plugin } from 'vite';

const tracker = resolve(import.meta.dirname, 'tracker');
const sources = resolve(tracker, 'assembly') + sep;

/**
 * In development, compiles the tracker's AssemblyScript when it changes and reloads the pages: Vite itself sees only
 * the finished `tracker.wasm`. What the compiler has against the sources is printed, and the pages stay as they are.
 */
export function trackerRebuild(): Plugin {
  return {
    name: 'portico-tracker-rebuild',
    apply: 'serve',
    configureServer(server) {
      let building = false;
      let changedMeanwhile = false;
      const build = () => {
        if (building) {
          changedMeanwhile = true;
          return;
        }
        building = true;
        const began = performance.now();
        const compiler = spawn('npm', ['run', 'build', '--silent'], { cwd: tracker, stdio: ['ignore', 'inherit', 'inherit'] });
        const finish = (problem?: string) => {
          building = false;
          if (changedMeanwhile) {
            changedMeanwhile = false;
            build();
          } else if (problem) server.config.logger.error(`tracker: ${problem}`, { timestamp: true });
          else {
            server.config.logger.info(`tracker: built in ${((performance.now() - began) / 1000).toFixed(1)} s, reloading`, { timestamp: true });
            server.ws.send({ type: 'full-reload' });
          }
        };
        compiler.once('error', (error) => finish(error.message));
        compiler.once('exit', (code) => finish(code === 0 ? undefined : 'not built'));
      };
      for (const event of ['add', 'change', 'unlink'] as const) {
        server.watcher.on(event, (file) => {
          if (file.startsWith(sources)) build();
        });
      }
    },
  };
}
