import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import type { Environment } from '../environment.js';
import { renderResults } from '../render-results.js';

interface Options {
  readonly results: string;
  readonly json?: string;
  readonly markdown?: string;
}

/** The command that tabulates logs beside the paper's numbers; it never trains. */
export function tableCommand(environment: Environment): Command {
  return new Command('table')
    .description("the paper's table beside ours, from the logs")
    .option('--results <folder>', 'where the logs are', 'results')
    .option('--json <file>', 'write the rows there too')
    .option('--markdown <file>', 'write the tables there too')
    .action(({ results, json, markdown }: Options) => {
      const folder = resolve(environment.folder, results);
      const shown = relative(environment.folder, folder) || '.';
      const { rows, text, unfinished } = renderResults(folder, environment);
      for (const { path, reason } of unfinished) {
        console.error(`not counted: ${join(shown, path)}: ${reason}`);
      }
      if (rows.length === 0) {
        throw new Error(`no finished runs in ${shown}. Do some first, such as \`reproduce synthetic\`.`);
      }
      process.stdout.write(text);
      if (json !== undefined) {
        writeFileSync(resolve(environment.folder, json), `${JSON.stringify(rows, null, 2)}\n`);
      }
      if (markdown !== undefined) writeFileSync(resolve(environment.folder, markdown), text);
    });
}
