// Kills workers of a queue by SIGKILL at random, and Redis and the command that waits for the runs now and then; then
// compares the logs with those of one process that nothing happened to:
//   pnpm build && node apps/reproduce/reliability/queue-kills.js --kills 50
// What comes after `--` is the experiment. Exits with 1 if one log differs, is missing or is there twice.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readOptions, start, startRedis } from './processes.js';

const options = readOptions(process.argv.slice(2), {
  kills: 50,
  'redis-restarts': 5,
  'coordinator-kills': 5,
  workers: 3,
  /** Longest pause before a kill, in seconds. */
  pause: 10,
  seed: 1,
  main: fileURLToPath(new URL('../bin/reproduce.js', import.meta.url)),
});
const sweep =
  'smoke --methods none --runs 40 --epochs 10 --backend wasm --set trainingImages=1280 --set testImages=100';
const experiment = options.command.length > 0 ? options.command : sweep.split(' ');

const random = randomFrom(options.seed);
const folder = mkdtempSync(join(tmpdir(), 'queue-kills-'));
const reproduce = (...args) => start(process.execPath, [options.main, ...args], { cwd: folder });
const began = Date.now();
const seconds = () => Math.round((Date.now() - began) / 1000);

const alone = reproduce(...experiment, '--results', 'alone', '--workers', '1');
if ((await alone.ended) !== 0) throw new Error(alone.output());
console.log(`computed by one process: ${seconds()} s`);

const redis = await startRedis(folder);
const startWorker = () => reproduce('worker', '--queue', redis.url, '--lock-seconds', '2');
const startCoordinator = () => reproduce(...experiment, '--queue', redis.url, '--results', 'queued');
const workers = Array.from({ length: options.workers }, startWorker);
const said = [];
let coordinator = startCoordinator();
const counts = { kills: 0, 'redis-restarts': 0, 'coordinator-kills': 0 };
/** Spread evenly over the kills of workers. */
const isDue = (what) => counts[what] < Math.floor((options[what] * counts.kills) / options.kills);
while (counts.kills < options.kills && coordinator.isRunning()) {
  await Promise.race([sleep(1000 * options.pause * random()), coordinator.ended]);
  const i = Math.floor(random() * workers.length);
  await workers[i].end('SIGKILL');
  said.push(workers[i].output());
  workers[i] = startWorker();
  counts.kills++;
  if (isDue('redis-restarts')) {
    await redis.restart();
    counts['redis-restarts']++;
  }
  if (isDue('coordinator-kills')) {
    await coordinator.end('SIGKILL');
    coordinator = startCoordinator();
    counts['coordinator-kills']++;
  }
}
const code = await coordinator.ended;
for (const worker of workers) {
  await worker.end('SIGTERM');
  said.push(worker.output());
}
const [expected, got] = [logsIn('alone'), logsIn('queued')];
const equal = [...expected].filter(([path, content]) => got.get(path) === content).length;
const left = (await redis.connection.keys('*')).filter(
  (key) => !/:(events|stalled-check|id|meta|marker)$/.test(key),
);
redis.connection.disconnect();
const resumed = said.join('').match(/: continues after/g)?.length ?? 0;
console.log(
  `${counts.kills} kills of ${options.workers} workers, ${counts['redis-restarts']} of Redis, ` +
    `${counts['coordinator-kills']} of the coordinator; ${resumed} times a run was continued from a snapshot`,
);
console.log(
  `${equal} of ${expected.size} logs are equal, ${got.size} are there; ${left.length} keys are left in Redis`,
);
console.log(`took ${seconds()} s`);
const isRight = code === 0 && equal === expected.size && got.size === expected.size && left.length === 0;
if (counts.kills < options.kills)
  console.log('The runs were done before the last kill: shorten --pause, or add runs.');
if (isRight) rmSync(folder, { recursive: true });
else console.log(`what was computed is in ${folder}\n${coordinator.output()}`);
process.exit(isRight && counts.kills === options.kills ? 0 : 1);

/** The content of each log, without the clock and what depends on it; one that is not whole counts as itself. */
function logsIn(results) {
  const paths = readdirSync(join(folder, results), { recursive: true }).filter((path) =>
    path.endsWith('.jsonl'),
  );
  return new Map(
    paths.map((path) => {
      const lines = readFileSync(join(folder, results, path), 'utf8')
        .trimEnd()
        .split('\n');
      return [
        path,
        lines.map((line) => JSON.stringify({ ...JSON.parse(line), seconds: 0, sha256: '' })).join('\n'),
      ];
    }),
  );
}

/** Uniform in [0, 1): a linear congruential generator, good enough to pick who dies. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
