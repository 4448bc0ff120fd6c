import { resolve } from 'node:path';
import { Command } from 'commander';
import { checkBackends } from '../doctor/check-backends.js';
import { checkData } from '../doctor/check-data.js';
import { checkKernels } from '../doctor/check-kernels.js';
import { checkMachine } from '../doctor/check-machine.js';
import { checkQueue } from '../doctor/check-queue.js';
import { checkResults } from '../doctor/check-results.js';
import { type Finding, renderFindings } from '../doctor/finding.js';
import { chooseBackend } from '../native/choose-backend.js';
import { runProgram } from '../native/run-program.js';
import type { Environment } from '../runs/environment.js';
import { defaultRunsFolder } from './options.js';

interface Options {
  readonly results: string;
  readonly queue?: string;
}

/** The command that says what works here and what to do about the rest; code 1 if no run would work. */
export function doctorCommand(environment: Environment): Command {
  return new Command('doctor')
    .description('what works here, and what to do about the rest')
    .option('--results <folder>', 'where the logs would go', defaultRunsFolder)
    .option('--queue <url>', 'look for this Redis too, redis://host:6379')
    .action(async ({ results, queue }: Options) => {
      const checks: readonly (() => Promise<Finding[]>)[] = [
        () => checkMachine(runProgram),
        () => checkBackends(chooseBackend),
        checkKernels,
        checkData,
        async () => [checkResults(resolve(environment.folder, results)), await checkQueue(queue)],
      ];
      const findings: Finding[] = [];
      for (const check of checks) findings.push(...(await check()));
      process.stdout.write(renderFindings(findings));
      const problems = findings.filter(({ status }) => status === 'problem').length;
      console.log(problems === 0 ? '\nRuns work here.' : `\nproblems: ${problems}`);
      process.exitCode = problems === 0 ? 0 : 1;
    });
}
