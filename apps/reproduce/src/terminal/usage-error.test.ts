import { Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { inOurWords } from './usage-error.js';

/** What a command that takes `--runs <count>` and `<dataset>` says, in Commander's words and in ours. */
function said(...args: string[]): readonly [string, string] {
  let [theirs, ours] = ['', ''];
  const program = new Command('reproduce').exitOverride().showSuggestionAfterError(false);
  const train = program
    .command('train')
    .argument('<dataset>', 'cifar10 or fashion-mnist')
    .option('--runs <count>')
    .action(() => {});
  for (const command of [program, train]) {
    command.configureOutput({
      outputError: (text) => {
        theirs = text;
        ours = inOurWords(text, command);
      },
    });
  }
  expect(() => program.parse(args, { from: 'user' })).toThrow(CommanderError);
  return [theirs, ours];
}

test.each([
  [['trian', 'x'], "error: unknown command 'trian'; did you mean 'train'? Known: train.\n"],
  [['train', '--run=3'], "error: unknown option '--run'; did you mean '--runs'? Known: --runs, --help.\n"],
  [['train', '--runs'], 'error: --runs has no value; expected <count>.\n'],
  [['train'], 'error: <dataset> is missing; expected cifar10 or fashion-mnist.\n'],
  [['train', 'a', 'b', 'c'], "error: the arguments of train are too many by 'b', 'c'; expected at most 1.\n"],
])('%j is refused in our words, not in those of Commander', (args, expected) => {
  const [theirs, ours] = said(...args);
  expect(ours).toBe(expected);
  expect(theirs).not.toBe(expected);
});

test('anything else stays as it is', () => {
  expect(inOurWords('error: the disk is full\n', new Command('reproduce'))).toBe('error: the disk is full\n');
});
