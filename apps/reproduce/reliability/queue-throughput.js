// Measures the queue of runs: how long enqueuing takes, how much memory a job takes in Redis, how many jobs BullMQ
// hands out, how much longer a run takes than without a queue, and how many runs the command that waits collects:
//   pnpm build && node apps/reproduce/reliability/queue-throughput.js --jobs 100000
// The jobs are those that `reproduce synthetic` enqueues; a stub in place of a worker takes them and computes nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue, Worker } from 'bullmq';
import { readOptions, start, startRedis } from './processes.js';

const options = readOptions(process.argv.slice(2), {
  jobs: 100_000,
  /** A command takes 10,000 runs of a method at most. */
  methods: 'none,naive,fixed-1,fixed-3,fixed-10,random,gradient,gradient-exact,every-2,every-3',
  /** Of the comparison with and without a queue. */
  runs: 200,
  main: fileURLToPath(new URL('../bin/reproduce.js', import.meta.url)),
});
/** Runs that take next to nothing. */
const trivial = 'synthetic --protocol corrected --backend cpu --epochs 1 --set teacherIterations=1'.split(
  ' ',
);
const experiment = options.command.length > 0 ? options.command : trivial;
const methods = options.methods.split(',');
const folder = mkdtempSync(join(tmpdir(), 'queue-throughput-'));
const redis = await startRedis(folder);
const { connection } = redis;
const reproduce = (...args) => start(process.execPath, [options.main, ...args], { cwd: folder });
const memory = async () => Number(/^used_memory:(\d+)/m.exec(await connection.info('memory'))[1]);
const secondsSince = (began) => (performance.now() - began) / 1000;

// Jobs that nobody computes.
const queue = new Queue('metadistill', { connection });
const empty = await memory();
let began = performance.now();
const many = ['--methods', options.methods, '--runs', String(options.jobs / methods.length)];
const coordinator = reproduce(...experiment, ...many, '--results', 'many', '--queue', redis.url);
while ((await queue.getWaitingCount()) < options.jobs) {
  if (!coordinator.isRunning()) throw new Error(coordinator.output());
  await sleep(50);
}
const enqueued = secondsSince(began);
const perJob = ((await memory()) - empty) / options.jobs;
await coordinator.end('SIGKILL');
began = performance.now();
const stub = new Worker('metadistill', async () => {}, { connection, concurrency: 50 });
await reached(() => queue.getCompletedCount(), options.jobs);
const handedOut = secondsSince(began);
await stub.close();
await connection.flushall();
console.log(`${options.jobs} jobs: enqueued in ${enqueued.toFixed(1)} s, start of the command included`);
console.log(`${(perJob / 1024).toFixed(2)} KiB of Redis per job`);
console.log(`${Math.round(options.jobs / handedOut)} jobs per second, handed out to a stub and completed`);

// The same runs with and without a queue, one at a time.
const each = [...experiment, '--methods', methods[0], '--runs', `${options.runs}`, '--results'];
const alone = await secondsPerRun(reproduce(...each, 'alone', '--workers', '1'));
let worker = reproduce('worker', '--queue', redis.url);
const queued = await secondsPerRun(reproduce(...each, 'queued', '--queue', redis.url));
await worker.end('SIGTERM');
console.log(
  `${options.runs} runs: ${ms(alone)} ms each without a queue, ${ms(queued)} ms with one, ${ms(queued - alone)} ms more`,
);

// Runs that were all done while the command that waits for them was away.
const waits = reproduce(...each, 'collected', '--queue', redis.url);
await reached(() => queue.getWaitingCount(), options.runs);
await waits.end('SIGKILL');
worker = reproduce('worker', '--queue', redis.url);
await reached(() => queue.getCompletedCount(), options.runs);
await worker.end('SIGTERM');
const collected = await secondsPerRun(reproduce(...each, 'collected', '--queue', redis.url));
console.log(`${Math.round(1 / collected)} runs per second, collected`);
connection.disconnect();
rmSync(folder, { recursive: true });
process.exit(0);

async function reached(count, wanted) {
  while ((await count()) < wanted) await sleep(50);
}

/** From the first finished run to the last, so that starting does not count. */
async function secondsPerRun(command) {
  await command.says(/^\[1\/\d+\]/m);
  const first = performance.now();
  const finished = (command.output().match(/^\[\d+\/\d+\]/gm) ?? []).length;
  if ((await command.ended) !== 0) throw new Error(command.output());
  return secondsSince(first) / (options.runs - finished);
}

function ms(seconds) {
  return (1000 * seconds).toFixed(1);
}
