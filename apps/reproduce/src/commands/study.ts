import { join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Argument, Command } from 'commander';
import type { Environment } from '../runs/environment.js';
import { studies } from '../studies/index.js';
import type { Study } from '../studies/study.js';
import { watchForStop } from '../terminal/watch-for-stop.js';
import { collect, defaultRunsFolder, integerFrom, oneOf } from './options.js';

interface Options {
  readonly starts?: number;
  readonly results: string;
  readonly fresh?: true;
  readonly only?: string[];
  readonly report?: true;
  readonly quiet?: true;
}

/** The command that answers a question by many trainings: `reproduce study trajectories`. */
export function studyCommand(environment: Environment): Command {
  const names = studies.map(({ name }) => name);
  return new Command('study')
    .description('answer a question that takes many trainings: a table, figures and their logs')
    .addArgument(new Argument('<name>', names.join(', ')).argParser(oneOf('study', names)))
    .option(
      '--starts <count>',
      'trainings that each answer averages over (default: of the study)',
      integerFrom('--starts', 1, 10_000),
    )
    .option('--results <folder>', 'where logs, table and figures go', `${defaultRunsFolder}/studies`)
    .option('--fresh', 'compute finished parts again')
    .option(
      '--only <part>',
      'compute such parts alone: tabular, tabular/adam, */adam; may be repeated',
      collect,
    )
    .option('--report', 'compute nothing; write the report of what is logged')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `\nStudies:\n${studies.map(({ name, description }) => `  ${name}: ${description}`).join('\n')}`,
    )
    .action(async (name: string, { starts, results, fresh, only, report: reportOnly, quiet }: Options) => {
      const { runStudy } = await import('../studies/run-study.js');
      const { createProgress } = await import('../terminal/progress.js');
      const study = studies.find((each) => each.name === name) as Study;
      const folder = join(resolve(environment.folder, results), name);
      const stop = watchForStop();
      try {
        const files = await runStudy(study, {
          starts: starts ?? study.starts,
          folder,
          fresh: fresh === true,
          ...(only && { only }),
          reportOnly: reportOnly === true,
          signal: stop.signal,
          progress: (runs) =>
            createProgress({
              runs,
              quiet: quiet === true,
              now: () => performance.now() / 1000,
              output: process.stdout,
              terminal: process.stderr,
            }),
        });
        const shown = relative(environment.folder, folder) || '.';
        const [report] = Object.values(files);
        if (report === undefined) {
          console.log(`No report yet: parts are missing in ${shown}. Run the command without --only.`);
          return;
        }
        console.log(`\n${report}`);
        console.log(`Written to ${shown}: ${Object.keys(files).join(', ')}, and the logs beside them.`);
      } catch (error) {
        if (!stop.signal.aborted) throw error;
        console.error(
          `Stopped by ${stop.signal.reason}. Parts that were finished are logged; the same command resumes from here.`,
        );
        process.exitCode = stop.exitCode();
      } finally {
        stop.release();
      }
    });
}
