import { Command } from 'commander';
import { benchCommand } from './commands/bench.js';
import { dataCommand } from './commands/data.js';
import { doctorCommand } from './commands/doctor.js';
import { experimentCommand } from './commands/experiment.js';
import { nativeCommand } from './commands/native.js';
import { studyCommand } from './commands/study.js';
import { tableCommand } from './commands/table.js';
import { teacherCommand } from './commands/teacher.js';
import { verifyCommand } from './commands/verify.js';
import type { Environment } from './runs/environment.js';

/**
 * Runs the command line: one command per experiment, then the others, each in its file under `commands/`. What a command
 * needs to compute it imports when it runs, so that help and refusals are immediate.
 *
 * Usage errors end the process with code 1 and a hint; a command that throws prints the message and sets code 1.
 */
export async function runCli(argv: readonly string[], environment: Environment): Promise<void> {
  ignoreClosedPipes();
  const program = new Command('reproduce')
    .description(
      'The experiments of "Gradient methods for optimizing metaparameters in the knowledge distillation problem"',
    )
    .version(environment.version)
    .showHelpAfterError('See --help of the command for what it takes.')
    .helpCommand(false);
  const commands = [
    ...environment.experiments.map((experiment) => experimentCommand(experiment, environment)),
    tableCommand(environment),
    studyCommand(environment),
    dataCommand(),
    teacherCommand(environment),
    benchCommand(),
    doctorCommand(environment),
    verifyCommand(),
    nativeCommand(),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

/** Whoever reads along may stop reading; runs continue, and their logs are files. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
