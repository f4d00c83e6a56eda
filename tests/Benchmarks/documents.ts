// Starts the C# benchmark of the document store; options are passed on.
import { spawnSync } from 'node:child_process';

const project = new URL('./Documents/Documents.Benchmark.csproj', import.meta.url).pathname;
const run = spawnSync('dotnet', ['run', '--project', project, '-c', 'Release', '-v', 'q', '--', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(run.status ?? 1);
