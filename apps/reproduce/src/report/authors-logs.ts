import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import committed from './authors-runs.json' with { type: 'json' };
import { authorsSeries } from './authors-series.js';

/** What is kept of a file of the authors' logs. */
export interface AuthorsFile {
  /** The last accuracy of each run, in [0, 1]. */
  readonly accuracies: readonly number[];
  /** Evaluations that log metaparameters, at the ends of epochs. */
  readonly evaluations: number;
  /** Those with f outside [0, 1] or T outside [0.1, 10], by more than the rounding of float32. */
  readonly outside: number;
  /** How far outside at most; in units of f, or of T. */
  readonly farthest: number;
}

/** The authors' logs by file name, without the ending. */
export type AuthorsRuns = Readonly<Record<string, AuthorsFile>>;

/** The authors' runs of one method, of all files that hold them. */
export interface AuthorsMethod {
  /** The last of each run. */
  readonly accuracies: readonly number[];
  readonly files: readonly string[];
}

/** By experiment and method, as our logs name them. */
export type AuthorsMethods = Readonly<Record<string, Readonly<Record<string, AuthorsMethod>>>>;

/** The runs of the logs that the authors published with their code, as committed here. */
export const authorsRuns: AuthorsRuns = committed;

const run = z.object({
  results: z
    .array(z.object({ accuracy: z.number(), lambda1: z.number().optional(), temp: z.number().optional() }))
    .min(1),
});

/**
 * Reads the logs that the authors published with their code: one run per line, whose last result counts.
 *
 * @throws Error if the folder is missing or has none of them, or a line is not a run.
 */
export function readAuthorsLogs(folder: string): AuthorsRuns {
  const names = existsSync(folder) ? readdirSync(folder).filter((file) => authorsSeries(file)) : [];
  if (names.length === 0) {
    throw new Error(
      `readAuthorsLogs: ${folder} has none of the authors' logs; expected files such as exp33_opt.jsonl. Name the ` +
        'folder that they were unpacked to.',
    );
  }
  return Object.fromEntries(
    names.sort().map((file) => {
      const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
      const runs = lines.map((line, index) => runOf(line, `${file}, line ${index + 1}`));
      return [file.replace('.jsonl', ''), summarize(runs)];
    }),
  );
}

/** The runs of each method of the paper's table; series that differ from it are left out. */
export function authorsMethods(runs: AuthorsRuns): AuthorsMethods {
  const found: Record<string, Record<string, AuthorsMethod>> = {};
  for (const [file, { accuracies }] of Object.entries(runs)) {
    const series = authorsSeries(`${file}.jsonl`);
    if (!series || series.variant !== undefined) continue;
    const methods = found[series.experiment] ?? {};
    const others = methods[series.method] ?? { accuracies: [], files: [] };
    methods[series.method] = {
      accuracies: [...others.accuracies, ...accuracies],
      files: [...others.files, file],
    };
    found[series.experiment] = methods;
  }
  return found;
}

type Run = z.infer<typeof run>;

function runOf(line: string, where: string): Run {
  try {
    return run.parse(JSON.parse(line));
  } catch {
    throw new Error(`readAuthorsLogs: ${where} is not a run: {"results": [{"accuracy": ...}, ...]}.`);
  }
}

function summarize(runs: readonly Run[]): AuthorsFile {
  const logged = runs.flatMap(({ results }) =>
    results.flatMap(({ lambda1, temp }) =>
      lambda1 === undefined || temp === undefined ? [] : [[lambda1, temp]],
    ),
  );
  const distances = logged.map(([f, temperature]) =>
    Math.max(-f!, f! - 1, 0.1 - temperature!, temperature! - 10, 0),
  );
  return {
    accuracies: runs.map(({ results }) => results.at(-1)!.accuracy),
    evaluations: logged.length,
    outside: distances.filter((distance) => distance > 1e-6).length,
    farthest: Number(Math.max(0, ...distances).toFixed(5)),
  };
}
