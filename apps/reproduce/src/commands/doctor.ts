import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Finding } from '../doctor/finding.js';
import { parseQueueAddress, type QueueAddress } from '../queue/queue-address.js';
import type { Environment } from '../runs/environment.js';
import { defaultRunsFolder } from './options.js';

interface Options {
  readonly results: string;
  readonly queue?: QueueAddress;
}

/** The command that says what works here and what to do about the rest; code 1 if no run would work. */
export function doctorCommand(environment: Environment): Command {
  return new Command('doctor')
    .description('what works here, and what to do about the rest')
    .option('--results <folder>', 'where the logs would go', defaultRunsFolder)
    .option('--queue <url>', 'look at this Redis too: redis://[user:password@]host[:port]', (url) =>
      parseQueueAddress(url),
    )
    .action(async ({ results, queue }: Options) => {
      const { chooseBackend } = await import('../native/choose-backend.js');
      const { runProgram } = await import('../native/run-program.js');
      const { checkBackends } = await import('../doctor/check-backends.js');
      const { checkData } = await import('../doctor/check-data.js');
      const { checkKernels } = await import('../doctor/check-kernels.js');
      const { checkMachine } = await import('../doctor/check-machine.js');
      const { checkQueue } = await import('../doctor/check-queue.js');
      const { checkResults } = await import('../doctor/check-results.js');
      const { renderFindings } = await import('../doctor/finding.js');
      const checks: readonly (() => Promise<Finding[]>)[] = [
        () => checkMachine(runProgram),
        () => checkBackends(chooseBackend),
        checkKernels,
        checkData,
        async () => [checkResults(resolve(environment.folder, results)), ...(await checkQueue(queue))],
      ];
      const findings: Finding[] = [];
      for (const check of checks) findings.push(...(await check()));
      process.stdout.write(renderFindings(findings));
      const problems = findings.filter(({ status }) => status === 'problem').length;
      console.log(problems === 0 ? '\nRuns work here.' : `\nproblems: ${problems}`);
      process.exitCode = problems === 0 ? 0 : 1;
    });
}
