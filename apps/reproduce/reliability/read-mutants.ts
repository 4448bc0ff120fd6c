import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { type NumpyRandom, numpyRandom } from '@metadistill/datasets';
import { configHash } from '../src/logs/config-hash.js';
import { readLog } from '../src/logs/log.js';
import { startLog } from '../src/logs/log-writer.js';
import type { RunSpec } from '../src/runs/experiment.js';
import { readSnapshot, writeSnapshot } from '../src/runs/snapshot-file.js';
import type { StudyPart } from '../src/studies/study.js';
import { makePartFolder, partPath, readPart, writePart } from '../src/studies/study-log.js';

/** What became of the mutants of one form of file. */
export interface MutationReport {
  readonly form: string;
  readonly mutants: number;
  /** Refused with its path and a sentence, or counted as unfinished. */
  readonly refused: number;
  /** Read as they were before the mutation: it changed nothing that is said. */
  readonly unchanged: number;
  /** The rest must be empty. */
  readonly acceptedChanged: number;
  readonly foreignErrors: readonly string[];
  readonly slowestMs: number;
}

/** A form of file: one of it, and what reading it gives, undefined if it does not count. */
interface Form {
  readonly name: string;
  readonly path: string;
  read(): unknown;
}

const spec: RunSpec = {
  experiment: 'fashion-mnist',
  protocol: 'corrected',
  method: 'gradient',
  run: 7,
  config: { epochs: 5, learningRate: 0.1, augment: 'none', milestones: [1, 2] },
  backend: 'wasm',
};
const versions = { node: '20.19.0', '@metadistill/trainer': '0.1.0' };
const part: StudyPart = {
  name: 'tabular/adam',
  config: { starts: 2, seeds: [1, 2] },
  compute: async () => [],
};

/** Mutates a snapshot, a log and a part of a study so many times each, and reads every mutant. */
export function readMutants({ mutants, seed }: { mutants: number; seed: number }): MutationReport[] {
  const folder = mkdtempSync(join(tmpdir(), 'mutate-records-'));
  try {
    return [logIn(folder), snapshotIn(folder), partIn(folder)].map((form) => mutate(form, mutants, seed));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mutate({ name, path, read }: Form, mutants: number, seed: number): MutationReport {
  const random = numpyRandom(seed);
  const whole = readFileSync(path);
  const expected = read();
  const report = { refused: 0, unchanged: 0, acceptedChanged: 0, slowestMs: 0 };
  const foreignErrors: string[] = [];
  for (let i = 0; i < mutants; i++) {
    let mutant: Uint8Array = whole;
    while (whole.equals(mutant)) mutant = mutated(whole, random);
    writeFileSync(path, mutant);
    const began = performance.now();
    try {
      const found = read();
      if (found === undefined) report.refused++;
      else if (isDeepStrictEqual(found, expected)) report.unchanged++;
      else report.acceptedChanged++;
    } catch (error) {
      const { message } = error as Error;
      if (message.startsWith(`${path} `) && message.endsWith('.')) report.refused++;
      else foreignErrors.push(`${(error as Error).name}: ${message}`);
    }
    report.slowestMs = Math.max(report.slowestMs, Math.ceil(performance.now() - began));
  }
  return { form: name, mutants, ...report, foreignErrors };
}

/** One or more of: a bit or byte changed, bytes or lines deleted, doubled or swapped, the end cut off. */
function mutated(whole: Buffer, random: NumpyRandom): Buffer {
  const below = (count: number) => Math.floor(random.uniform(0, count));
  const onBytes = (change: (bytes: number[], at: number) => void) => (content: Buffer) => {
    const bytes = [...content];
    change(bytes, below(Math.max(1, bytes.length)));
    return Buffer.from(bytes);
  };
  const onLines = (change: (lines: string[], at: number) => void) => (content: Buffer) => {
    const lines = content.toString('latin1').split('\n');
    change(lines, below(lines.length));
    return Buffer.from(lines.join('\n'), 'latin1');
  };
  const swap = <Value>(values: Value[], i: number) => {
    const j = below(values.length);
    [values[i], values[j]] = [values[j] as Value, values[i] as Value];
  };
  const changes = [
    onBytes((bytes, at) => void bytes.splice(at, 1, (bytes[at] ?? 0) ^ (1 << below(8)))),
    onBytes((bytes, at) => void bytes.splice(at, 1, below(256))),
    onBytes((bytes, at) => void bytes.splice(at, 1 + below(16))),
    onBytes((bytes, at) => void bytes.splice(at, 0, ...bytes.slice(at, at + 1 + below(16)))),
    onBytes(swap),
    onLines((lines, at) => void lines.splice(at, 1)),
    onLines((lines, at) => void lines.splice(at, 0, lines[at] as string)),
    onLines(swap),
    (content: Buffer) => content.subarray(0, below(content.length)),
  ];
  let content = whole;
  for (let i = 0; i <= below(3); i++)
    content = (changes[below(changes.length)] as (typeof changes)[0])(content);
  return content;
}

function logIn(folder: string): Form {
  const path = join(folder, 'run-07.jsonl');
  const { experiment, protocol, method, run, config } = spec;
  const identity = { experiment, protocol, method, run, config, configHash: configHash(config), versions };
  const backend = { name: 'wasm', reason: 'asked for' };
  const data = { images: `sha256:${'0123456789abcdef'.repeat(4)}` };
  const log = startLog(path, { kind: 'run', schema: 1, ...identity, seed: 42, backend, cores: 2, data });
  for (let epoch = 0; epoch < 5; epoch++) {
    log.append({
      kind: 'eval',
      seconds: 1.5 * epoch,
      epoch,
      iteration: 100 * (epoch + 1),
      testAccuracy: 0.5 + epoch / 16,
      testLoss: 1 / (epoch + 1),
      validationLoss: null,
      distillationFraction: 0.5,
      temperature: 2 + epoch / 8,
      forwardEquivalents: 300 * (epoch + 1),
    });
  }
  log.end(7.5);
  log.close();
  const read = () => {
    const found = readLog(path);
    return 'unfinished' in found ? undefined : found;
  };
  return { name: 'logs', path, read };
}

function snapshotIn(folder: string): Form {
  const path = join(folder, 'run-07.snapshot');
  const random = numpyRandom(1);
  const payload = Uint8Array.from({ length: 4096 }, () => Math.floor(random.uniform(0, 256)));
  writeSnapshot(path, spec, versions, { payload, evaluations: 3, logSha256: 'ab'.repeat(32), seconds: 4.5 });
  return { name: 'snapshots', path, read: () => readSnapshot(path, spec, versions) };
}

function partIn(folder: string): Form {
  makePartFolder(folder, part);
  const records = Array.from({ length: 10 }, (_, seed) => ({
    seed,
    arm: 'labels',
    accuracy: 0.5 + seed / 32,
  }));
  writePart(folder, part, records);
  return { name: 'study parts', path: partPath(folder, part), read: () => readPart(folder, part) };
}
