import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Mean final accuracies by experiment and method, as our logs name them. */
export type AuthorsMeans = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The authors' numbers of experiments, of those that the paper's table is made of. */
const files: readonly (readonly [experiment: string, pattern: RegExp])[] = [
  ['synthetic', /^synthetic_exp8_(\w+)\.jsonl$/],
  ['fashion-mnist', /^exp4_full_fmnist__(\w+)\.jsonl$/],
  ['fashion-mnist', /^exp3_full_fmnist__(hyperopt)\.jsonl$/],
  ['cifar10-small', /^exp33_(\w+)\.jsonl$/],
  ['cifar10', /^exp20_full_cifar__(\w+)\.jsonl$/],
  ['cifar10', /^exp11_full_cifar__(hyperopt)\.jsonl$/],
];

const methods: Readonly<Record<string, string>> = {
  nodistil: 'none',
  distil: 'naive',
  random: 'random',
  opt: 'gradient',
  splines: 'trajectory-10x2',
  hyperopt: 'tpe',
};

const run = z.object({ results: z.array(z.object({ accuracy: z.number() })).min(1) });

/**
 * Reads the logs that the authors published with their code: one run per line, whose last result counts.
 *
 * @throws Error if the folder is missing or has none of them, or a line is not a run.
 */
export function readAuthorsLogs(folder: string): AuthorsMeans {
  const means: Record<string, Record<string, number>> = {};
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const [experiment, method] = describe(file);
    if (!experiment || !method) continue;
    const accuracies = readFileSync(join(folder, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line, index) => finalAccuracy(line, `${file}, line ${index + 1}`));
    const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length;
    means[experiment] = { ...means[experiment], [method]: mean };
  }
  if (Object.keys(means).length === 0) {
    throw new Error(
      `readAuthorsLogs: ${folder} has none of the authors' logs; expected files such as exp33_opt.jsonl. Name the ` +
        'folder that they were unpacked to.',
    );
  }
  return means;
}

function describe(file: string): readonly (string | undefined)[] {
  for (const [experiment, pattern] of files) {
    const name = pattern.exec(file)?.[1];
    if (name === undefined) continue;
    const schedule = /^splines_esize_(\d+)_period_(\d+)$/.exec(name);
    return [experiment, schedule ? `trajectory-${schedule[1]}x${schedule[2]}` : methods[name]];
  }
  return [];
}

function finalAccuracy(line: string, where: string): number {
  try {
    return run.parse(JSON.parse(line)).results.at(-1)?.accuracy as number;
  } catch {
    throw new Error(`readAuthorsLogs: ${where} is not a run: {"results": [{"accuracy": ...}, ...]}.`);
  }
}
