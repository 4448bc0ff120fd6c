import { Argument, Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.js';
import { dataCommand } from './commands/data.js';
import { doctorCommand } from './commands/doctor.js';
import { experimentCommand } from './commands/experiment.js';
import { nativeCommand } from './commands/native.js';
import { oneOf } from './commands/options.js';
import { studyCommand } from './commands/study.js';
import { tableCommand } from './commands/table.js';
import { teacherCommand } from './commands/teacher.js';
import { verifyCommand } from './commands/verify.js';
import { workerCommand } from './commands/worker.js';
import type { Environment } from './runs/environment.js';
import { inOurWords } from './terminal/usage-error.js';
import { withoutPasswords } from './terminal/without-passwords.js';

/**
 * Runs the command line: one command per experiment, then the others, each in its file under `commands/`. What a command
 * needs to compute it imports when it runs, so that help and refusals are immediate.
 *
 * A command line that is refused, and a command that throws, print why and set the exit code 1. The process is left to
 * end by itself.
 */
export async function runCli(argv: readonly string[], environment: Environment): Promise<void> {
  ignoreClosedPipes();
  const program = new Command('reproduce')
    .description(
      'The experiments of "Gradient methods for optimizing metaparameters in the knowledge distillation problem"',
    )
    .version(environment.version)
    .showSuggestionAfterError(false)
    .helpCommand(false)
    .exitOverride();
  const commands = [
    ...environment.experiments.map((experiment) => experimentCommand(experiment, environment)),
    tableCommand(environment),
    studyCommand(environment),
    dataCommand(),
    teacherCommand(environment),
    workerCommand(environment),
    benchCommand(),
    doctorCommand(environment),
    verifyCommand(),
    nativeCommand(),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  program.addCommand(helpCommand(program), { hidden: true });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      outputError: (said, write) => write(withoutPasswords(inOurWords(said, command))),
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode; // Commander has said why.
      return;
    }
    console.error(withoutPasswords(`error: ${(error as Error).message}`));
    process.exitCode = 1;
  }
}

/** `reproduce help table` is `reproduce table --help`, but refuses a command that it does not know. */
function helpCommand(program: Command): Command {
  const named = new Map(program.commands.map((command) => [command.name(), command]));
  return new Command('help')
    .copyInheritedSettings(program)
    .addArgument(new Argument('[command]').argParser(oneOf('command', [...named.keys()])))
    .action((name?: string) => (name === undefined ? program : named.get(name))?.help());
}

/** Whoever reads along may stop reading; runs continue, and their logs are files. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.off('error', passUnlessClosed).on('error', passUnlessClosed);
}

function passUnlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
