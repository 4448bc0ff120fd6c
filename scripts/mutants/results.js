import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What the file of results says: the sample that was drawn last, and the latest result of each mutant by its name. */
export function readResults(file) {
  const results = new Map();
  let sample = { total: 0, drawn: [] };
  if (!existsSync(file)) return { sample, results };
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    // A run that is killed while it writes leaves half a line.
    if (!line.endsWith('}')) continue;
    const entry = JSON.parse(line);
    if (entry.drawn) sample = entry;
    else results.set(entry.name, entry);
  }
  return { sample, results };
}

/** One value for all sources and tests of a package: a mutant that survived them survives them again. */
export function versionOf(folder) {
  const hash = createHash('sha256');
  for (const part of ['src', 'test']) {
    if (!existsSync(`${folder}/${part}`)) continue;
    for (const path of readdirSync(`${folder}/${part}`, { recursive: true }).sort()) {
      if (path.endsWith('.ts')) hash.update(path).update(readFileSync(`${folder}/${part}/${path}`));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** The score as Stryker counts it: what was killed or ran out of time, of all mutants that run. */
export function summarize({ sample, results }) {
  const drawn = sample.drawn.map((name) => results.get(name)).filter((result) => result !== undefined);
  const count = (...statuses) => drawn.filter(({ status }) => statuses.includes(status)).length;
  const [killed, timeouts] = [count('Killed'), count('Timeout')];
  const [survived, uncovered] = [count('Survived'), count('NoCoverage')];
  const score = (100 * (killed + timeouts)) / (killed + timeouts + survived + uncovered);
  const survivors = drawn.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  survivors.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    ...survivors.map(({ name, status, line }) => `${status} (line ${line}) ${name}`),
    '',
    '| mutants | run | killed | timeout | survived | no coverage | score |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    `| ${[sample.total, drawn.length, killed, timeouts, survived, uncovered, `${score.toFixed(1)} %`].join(' | ')} |`,
  ].join('\n');
}
