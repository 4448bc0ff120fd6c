import { nearest } from '@metadistill/options';
import type { Command } from 'commander';

/** Commander's words for a command line that it refuses, and ours. */
const wordings: readonly (readonly [RegExp, (command: Command, ...found: string[]) => string])[] = [
  [
    /^unknown command '(.*)'$/s,
    (command, name) =>
      nearest(
        'command',
        name as string,
        command.commands.map((each) => each.name()),
      ),
  ],
  [
    /^unknown option '(.*?)(?:=.*)?'$/s,
    ({ options }, flag) =>
      nearest('option', flag as string, [
        ...options.filter(({ hidden }) => !hidden).map(({ long, flags }) => long ?? flags),
        '--help',
      ]),
  ],
  [/^option '(\S+) (\S+)' argument missing$/, (_, flag, value) => `${flag} has no value; expected ${value}.`],
  [
    /^required option '(\S+) (\S+)' not specified$/,
    (_, flag, value) => `${flag} is missing; expected ${flag} ${value}.`,
  ],
  [
    /^missing required argument '(.*)'$/,
    ({ registeredArguments }, name) => {
      const expected = registeredArguments.find((each) => each.name() === name)?.description;
      return `<${name}> is missing; expected ${expected}.`;
    },
  ],
  [
    /^too many arguments for '(.*)'\. Expected (\d+) arguments? but got (\d+)\.$/,
    ({ args }, name, expected) => {
      const surplus = args.slice(Number(expected)).map((each) => `'${each}'`);
      const most = expected === '0' ? 'none' : `at most ${expected}`;
      return `the arguments of ${name} are too many by ${surplus.join(', ')}; expected ${most}.`;
    },
  ],
];

/** What Commander says of a command line that it refuses, as our other errors are worded; anything else as it is. */
export function inOurWords(said: string, command: Command): string {
  const message = said.replace(/^error: /, '').trimEnd();
  for (const [pattern, reword] of wordings) {
    const found = pattern.exec(message);
    if (found) return `error: ${reword(command, ...found.slice(1))}\n`;
  }
  return said;
}
