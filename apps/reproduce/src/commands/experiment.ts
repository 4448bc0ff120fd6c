import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { parseQueueAddress, type QueueAddress } from '../queue/queue-address.js';
import { applyOverrides } from '../runs/config.js';
import type { Environment } from '../runs/environment.js';
import type { Experiment, Protocol, RunSpec } from '../runs/experiment.js';
import type { RunOutcome } from '../runs/run-experiment.js';
import { runLimits } from '../runs/run-limits.js';
import {
  arithmetics,
  backendNames,
  collect,
  defaultRunsFolder,
  integerFrom,
  listOf,
  oneOf,
} from './options.js';

interface Options {
  readonly protocol?: Protocol;
  readonly methods?: readonly string[];
  readonly runs: number;
  readonly firstRun: number;
  readonly epochs?: number;
  readonly teacherLogits?: string;
  readonly workers: number;
  readonly backend: RunSpec['backend'];
  readonly arithmetic: NonNullable<RunSpec['arithmetic']>;
  readonly results: string;
  readonly queue?: QueueAddress;
  readonly storage?: string;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
  readonly set?: readonly string[];
}

/** The command that runs one experiment: `reproduce synthetic --runs 3 --methods none,gradient`. */
export function experimentCommand(experiment: Experiment, environment: Environment): Command {
  const { name, description, protocols, methodNames, runs } = experiment;
  const parseMethods = listOf('method', (method) => experiment.resolveMethod(method), methodNames);
  const command = new Command(name)
    .description(description)
    .option(
      '--protocol <name>',
      `${protocols.join(' or ')} (default: ${protocols.join(' and ')})`,
      oneOf('protocol', protocols),
    )
    .option('--methods <names>', describeMethods(experiment), parseMethods)
    .option('--runs <count>', 'runs of each method', integerFrom('--runs', 1, runLimits.runs), runs)
    .option(
      '--first-run <number>',
      'number of the first run',
      integerFrom('--first-run', 0, runLimits.firstRun),
      0,
    )
    .option(
      '--epochs <count>',
      'short for --set epochs=<count>',
      integerFrom('--epochs', 1, runLimits.epochs),
    )
    .option(
      '--workers <count>',
      'threads that runs are spread over',
      integerFrom('--workers', 1, 256),
      availableParallelism(),
    )
    .option('--backend <name>', `one of ${backendNames.join(', ')}`, oneOf('backend', backendNames), 'auto')
    .option(
      '--arithmetic <name>',
      'direct, which repeats the committed logs, or fast, on wasm',
      oneOf('arithmetic', arithmetics),
      'direct',
    )
    .option('--results <folder>', 'where the logs go', defaultRunsFolder)
    .option(
      '--queue <url>',
      'leave the runs to the workers of this Redis: redis://[user:password@]host[:port]',
      (url) => parseQueueAddress(url),
    )
    .option('--storage <folder>', 'a folder that all workers share, for logs on their way (default: Redis)')
    .option('--fresh', 'compute finished runs again')
    .option('--quiet', 'no progress')
    .option('--set <key=value>', 'change a value of the configuration; may be repeated', collect)
    .addHelpText('after', describeConfig(experiment))
    .action(async (options: Options) => {
      const specs = specify(experiment, options, environment);
      const results = resolve(environment.folder, options.results);
      const { exitCode, summary } = await execute(experiment, specs, { ...options, results }, environment);
      process.exitCode = exitCode;
      if (summary === undefined) return;
      const { renderResults } = await import('../report/render-results.js');
      const { text } = renderResults({ results }, environment, { experiment: name });
      console.log(`\n${text}${summary}`);
      const { describeComparison } = await import('../report/describe-comparison.js');
      const comparison = describeComparison(experiment, specs, results, environment);
      if (comparison !== undefined) console.log(`\n${comparison}`);
    });
  if (takesTeacherLogits(experiment)) {
    command.option('--teacher-logits <file>', "a teacher's .npy file; a bare name is one of the data folder");
  }
  return command;
}

/** Here, or by the workers of a queue. */
async function execute(
  experiment: Experiment,
  specs: readonly RunSpec[],
  { workers, fresh = false, quiet = false, results, queue, storage }: Options,
  environment: Environment,
): Promise<RunOutcome> {
  const settings = { fresh, quiet, results };
  if (queue) {
    const { runOnQueue } = await import('../queue/run-on-queue.js');
    const kept = storage === undefined ? {} : { storage: resolve(environment.folder, storage) };
    return runOnQueue(experiment, specs, { address: queue, ...kept, ...settings }, environment);
  }
  if (storage !== undefined) {
    throw new RangeError(
      `--storage is ${storage}, without a queue; expected --queue too. Name one, or leave both out.`,
    );
  }
  const { runExperiment } = await import('../runs/run-experiment.js');
  return runExperiment(experiment, specs, { workers, ...settings }, environment);
}

const takesTeacherLogits = ({ defaults, protocols }: Experiment): boolean =>
  Object.hasOwn(defaults(protocols[0] as Protocol), 'teacherLogits');

/** Run by run, so that a stopped experiment can compare methods on the runs that it has. */
function specify(experiment: Experiment, options: Options, { folder }: Environment): RunSpec[] {
  const { epochs, teacherLogits, set = [] } = options;
  const overrides = [
    ...(epochs === undefined ? [] : [`epochs=${epochs}`]),
    ...(teacherLogits === undefined ? [] : [`teacherLogits=${teacherFile(teacherLogits, folder)}`]),
    ...set,
  ];
  const numbers = Array.from({ length: options.runs }, (_, index) => options.firstRun + index);
  return (options.protocol ? [options.protocol] : experiment.protocols).flatMap((protocol) => {
    const config = applyOverrides(experiment.defaults(protocol), overrides);
    return numbers.flatMap((run) =>
      (options.methods ?? experiment.methods).map((method) => ({
        experiment: experiment.name,
        protocol,
        method,
        run,
        config,
        backend: options.backend,
        ...(options.arithmetic === 'fast' && { arithmetic: options.arithmetic }),
      })),
    );
  });
}

/** Workers start elsewhere, so a path is made absolute; a bare name stays one of the data folder. */
const teacherFile = (file: string, folder: string): string =>
  basename(file) === file ? file : resolve(folder, file);

function describeMethods({ methods, methodNames, methodForms }: Experiment): string {
  const others = [
    ...methodNames.filter((name) => !methods.includes(name)),
    ...methodForms.map((form) => `any ${form}`),
  ];
  const also = others.length > 0 ? `; also: ${others.join(', ')}` : '';
  return `separated by commas (default: ${methods.join(', ')}${also})`;
}

function describeConfig(experiment: Experiment): string {
  const lines = experiment.protocols.map(
    (protocol) =>
      `  ${protocol}: ${Object.entries(experiment.defaults(protocol))
        .map(([key, value]) => `${key}=${value}`)
        .join(' ')}`,
  );
  return `\nConfiguration:\n${lines.join('\n')}`;
}
