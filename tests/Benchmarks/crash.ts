// Starts the C# crash run; options are passed on: --kills N, --seed N.
import { spawnSync } from 'node:child_process';

const project = new URL('./Crash/Crash.Benchmark.csproj', import.meta.url).pathname;
const run = spawnSync('dotnet', ['run', '--project', project, '-c', 'Release', '-v', 'q', '--', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(run.status ?? 1);
