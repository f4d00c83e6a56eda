// ./bench host [--quick] [--only start,echo,writes,durable] [--json FILE]
//
// The embedded host beside what one would use instead, in one run on one machine. Absolute figures depend on the
// machine and on what else it does; the ratios are what to compare, and the load average is printed with them.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { buildApps } from './Host/apps.ts';
import { CONCURRENT, FAN_OUT, IDLE, measureOrchestrations, STEPS } from './Host/orchestrations.ts';
import { processors } from './Host/peers.ts';
import { measureStartUp } from './Host/start-up.ts';
import { measureEcho, measureWrites, SESSION_BYTES } from './Host/throughput.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string', default: 'start,echo,writes,durable' }, quick: { type: 'boolean', default: false } },
});
const parts = options.only.split(',');
const [starts, rounds, seconds] = options.quick ? [5, 1, 2] : [20, 3, 3];

interface Row {
  what: string;
  measured: string;
  /** Against the yardstick of its row, larger is better for us unless the goal says otherwise. */
  ratio?: string;
  goal?: string;
  met?: boolean;
}

const rows: Row[] = [];
const raw: Record<string, unknown> = { at: new Date().toISOString(), processors, processor: cpus()[0]?.model, loadBefore: loadAverage() };

buildApps();
if (parts.includes('start')) {
  const { fresh, warm, bare } = (raw.startUp = await measureStartUp(starts));
  const show = (name: string, start: typeof bare, goalMs?: number) =>
    rows.push({
      what: `process start → first 200, ${name}`,
      measured: `${ms(start.medianMs)}, p95 ${ms(start.p95Ms)}, processor time ${ms(start.medianCpuMs)}`,
      ratio: start === bare ? undefined : `${(start.medianMs / bare.medianMs).toFixed(2)} × bare, processor time ${(start.medianCpuMs / bare.medianCpuMs).toFixed(2)} ×`,
      ...(goalMs && { goal: `≤ ${goalMs} ms`, met: start.medianMs <= goalMs }),
    });
  show('bare ASP.NET Core', bare);
  show('everything registered, known data folder', warm, 350);
  show('everything registered, empty data folder', fresh, 350);
}

if (parts.includes('echo')) {
  const echo = (raw.echo = await measureEcho(rounds, seconds));
  for (const [name, what] of [['hello', 'GET, 13 bytes'], ['echo', `POST echo, ${SESSION_BYTES} bytes`]] as const) {
    const { host, bare } = echo[name];
    const share = host.perSecond / bare.perSecond;
    rows.push({ what: `${what}, bare ASP.NET Core`, measured: rate(bare) });
    rows.push({ what: `${what}, function on the host`, measured: rate(host), ratio: `${(100 * share).toFixed(0)} % of bare, p99 ${(host.p99Ms / bare.p99Ms).toFixed(2)} ×`, goal: '≥ 80 %', met: share >= 0.8 });
  }
}

if (parts.includes('writes')) {
  const { loads, postgres } = (raw.writes = await measureWrites(rounds, seconds));
  const save = `durable PUT of ${SESSION_BYTES} bytes`;
  rows.push({ what: `${save}, function on the host, SQLite`, measured: rate(loads.host) });
  const peer = (name: keyof typeof loads, what: string, isGoal: boolean) => {
    const times = loads.host.perSecond / loads[name].perSecond;
    rows.push({
      what,
      measured: rate(loads[name]),
      ratio: `the host: ${times.toFixed(1)} ×, p99 ${(loads.host.p99Ms / loads[name].p99Ms).toFixed(2)} ×`,
      ...(isGoal && { goal: '≥ 5 ×, p99 ≤ 1 ×', met: times >= 5 && loads.host.p99Ms <= loads[name].p99Ms }),
    });
  };
  peer('fastApi', `${save}, FastAPI, JSON files with fsync`, true);
  peer('fastApiEachProcessor', `the same, ${processors} processes`, false);
  peer('fastApiNoSync', 'the same, 1 process, without fsync (not durable)', false);
  peer('express', `${save}, Express + ${postgres.replace(/ \(.*/, '')}`, true);
  peer('expressEachProcessor', `the same, ${processors} Node processes`, false);
}

if (parts.includes('durable')) {
  const durable = (raw.orchestrations = await measureOrchestrations(Math.max(1, rounds >> 1)));
  const perSecond = (count: number, took: number) => `${ms(took)}, ${Math.round((count / took) * 1000).toLocaleString('en')}/s`;
  rows.push({ what: `${STEPS.toLocaleString('en')} sequential steps`, measured: perSecond(STEPS, durable.sequenceMs), ratio: 'Azure Storage: about 5/s' });
  rows.push({ what: `${FAN_OUT.toLocaleString('en')} activities fanned out`, measured: perSecond(FAN_OUT, durable.fanOutMs), ratio: 'Azure Storage: about 100/s' });
  rows.push({ what: `${CONCURRENT.toLocaleString('en')} concurrent orchestrations of 2 steps`, measured: perSecond(CONCURRENT, durable.concurrentMs) });
  rows.push({ what: `memory of ${IDLE.toLocaleString('en')} idle instances`, measured: `${megabytes(durable.idleResidentBytes)} resident, ${megabytes(durable.idleManagedBytes)} managed` });
  rows.push({
    what: `SIGKILL with ${IDLE.toLocaleString('en')} open, start → first 200 → one of them woken and ended`,
    measured: `${ms(durable.recoveryFirstAnswerMs)} → ${ms(durable.recoveryMs)}`,
    ratio: `with none open: ${ms(durable.emptyFirstAnswerMs)} → ${ms(durable.emptyMs)}`,
    goal: '≤ 2 s',
    met: durable.recoveryMs <= 2000,
  });
}

raw.loadAfter = loadAverage();
raw.rows = rows;
console.log(`${new Date().toISOString().slice(0, 10)}, ${processors} × ${cpus()[0]?.model.trim()}, load average ${raw.loadBefore} before and ${raw.loadAfter} after\n`);
console.log('| | Measured | Ratio | Goal | |\n|---|---|---|---|---|');
for (const row of rows) console.log(`| ${row.what} | ${row.measured} | ${row.ratio ?? ''} | ${row.goal ?? ''} | ${row.met === undefined ? '' : row.met ? 'met' : '**missed**'} |`);
if (options.json) writeFileSync(options.json, JSON.stringify(raw, null, 2) + '\n');
process.exit();

function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(0)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function rate(load: { perSecond: number; p99Ms: number }): string {
  return `${Math.round(load.perSecond).toLocaleString('en')}/s, p99 ${load.p99Ms.toFixed(1)} ms`;
}

function loadAverage(): string {
  return readFileSync('/proc/loadavg', 'utf8').split(' ')[0]!;
}
