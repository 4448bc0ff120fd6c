// Kills processes that work on one results folder, at random, until all runs are done; then compares every log with that of
// an uninterrupted process:
//   pnpm build && node apps/reproduce/reliability/kill-runs.js [--processes 3] [--kills 50] [--begun] [--longest 4000] [--seed 1] [-- COMMAND...]
// COMMAND is what `reproduce` is told, without --results and --workers; --longest is a time between two kills, in ms;
// --begun spares processes that have not begun to compute.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { numpyRandom } from '@metadistill/datasets';

const program = fileURLToPath(new URL('../bin/reproduce.js', import.meta.url));

/** 40 runs of two seconds each. */
const sweep = 'synthetic --protocol corrected --methods gradient --runs 40 --epochs 401'.split(' ');

async function killRuns({ processes, kills, begun, command, main, lifeMs, seed }) {
  const folder = mkdtempSync(join(tmpdir(), 'kill-runs-'));
  const random = numpyRandom(seed);
  const [calm, stormy] = [join(folder, 'calm'), join(folder, 'stormy')];
  const start = (results) => {
    const child = spawn(process.execPath, [main, ...command, '--workers', '1', '--results', results], {
      cwd: folder,
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      said.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said.err += chunk;
    });
    const ended = new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, ...said }));
    });
    return { child, said, ended };
  };
  try {
    await start(calm).ended;
    const expected = logsIn(calm);
    const living = new Set();
    const ends = [];
    const add = () => {
      const one = start(stormy);
      living.add(one);
      ends.push(one.ended);
      one.ended.then(() => living.delete(one));
    };
    let killed = 0;
    let takenOver = 0;
    for (let i = 0; i < processes; i++) add();
    while (killed < kills && living.size > 0) {
      await setTimeout(random.uniform(...lifeMs));
      const victims = [...living].filter(({ said }) => !begun || said.out.includes('backend '));
      const victim = victims[Math.floor(random.uniform(0, victims.length))];
      if (!victim?.child.kill('SIGKILL')) continue;
      await victim.ended;
      killed++;
      add();
    }
    const outcomes = await Promise.all(ends);
    for (const { out } of outcomes) takenOver += out.split('Taking over ').length - 1;
    const survivors = outcomes.filter(({ code }) => code !== null);
    const found = logsIn(stormy);
    const tables = new Set(
      survivors.map(({ out }) => out.slice(out.indexOf('\n### '), out.indexOf('Logs: '))),
    );
    return {
      runs: expected.size,
      killed,
      takenOver,
      finished: found.size,
      counted: survivors.map(({ out }) => /(\d+) of \d+ runs are done/.exec(out)?.[1]),
      errors: survivors.flatMap(({ code, err }) => (code === 0 ? [] : [err])),
      differing: [...expected].filter(([path, log]) => found.get(path) !== log).map(([path]) => path),
      tables: tables.size,
      leftBehind: filesIn(stormy).filter((path) => !path.endsWith('.jsonl')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The logs that have an end line, without the clock and what depends on it. */
function logsIn(folder) {
  const logs = filesIn(folder).map((path) => [
    path,
    readFileSync(join(folder, path), 'utf8').replace(/"seconds":[\d.]+|"sha256":"\w+"/g, ''),
  ]);
  return new Map(logs.filter(([, log]) => log.includes('"kind":"end"')));
}

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() || entry.name.endsWith('.lock'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    processes: { type: 'string', default: '3' },
    kills: { type: 'string', default: '50' },
    begun: { type: 'boolean', default: false },
    longest: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    main: { type: 'string', default: program },
  },
});
const { processes, kills, begun, longest, seed, main } = values;
const command = positionals.length > 0 ? positionals : sweep;
const report = await killRuns({
  processes: Number(processes),
  kills: Number(kills),
  begun,
  command,
  main,
  lifeMs: [Number(longest) / 4, Number(longest)],
  seed: Number(seed),
});
console.log(JSON.stringify(report, null, 2));
