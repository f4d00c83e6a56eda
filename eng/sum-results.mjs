// Adds up what the suites wrote (.trx of dotnet test, .json of vitest) and prints the one closing line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const name of readdirSync(folder).sort()) {
  if (name.endsWith('.trx')) {
    const counters = /<Counters ([^>]*)\/>/.exec(readFileSync(join(folder, name), 'utf8'))?.[1];
    const read = (key) => Number(new RegExp(`\\b${key}="(\\d+)"`).exec(counters ?? '')?.[1] ?? NaN);
    const [total, passed, executed] = [read('total'), read('passed'), read('executed')];
    if (Number.isNaN(total)) sum.failed += 1;
    else {
      sum.passed += passed;
      sum.skipped += total - executed;
      sum.failed += executed - passed;
    }
  } else if (name.endsWith('.json')) {
    const run = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    sum.passed += run.numPassedTests;
    sum.failed += run.numFailedTests;
    sum.skipped += run.numPendingTests + run.numTodoTests;
    // A file that could not be loaded, or prepared, fails without a test of its own.
    sum.failed += run.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')).length;
  } else if (name.endsWith('.missing')) {
    sum.failed += 1;
  }
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
