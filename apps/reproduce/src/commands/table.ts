import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { readAuthorsLogs } from '../report/authors-logs.js';
import { renderResults } from '../report/render-results.js';
import type { Environment } from '../runs/environment.js';
import { shownPath } from '../terminal/shown-path.js';

interface Options {
  readonly results: string;
  readonly json?: string;
  readonly markdown?: string;
  readonly baseline?: string;
  readonly authorsLogs?: string;
}

/** The command that tabulates logs beside the paper's numbers; it never trains. */
export function tableCommand(environment: Environment): Command {
  return new Command('table')
    .description("the paper's table beside ours, from the logs")
    .option('--results <folder>', 'where the logs are', 'results')
    .option('--json <file>', 'write the rows there too')
    .option('--markdown <file>', 'write the tables there too')
    .option('--baseline <method>', 'compare with this method, run by run (default: none)')
    .option('--authors-logs <folder>', "show the means of the authors' own logs beside ours")
    .action(({ results, json, markdown, baseline, authorsLogs }: Options) => {
      const folder = resolve(environment.folder, results);
      const shown = shownPath(folder, environment.folder);
      const { rows, text, unfinished } = renderResults(folder, environment, {
        ...(baseline !== undefined && { baseline }),
        ...(authorsLogs !== undefined && {
          authorsMeans: readAuthorsLogs(resolve(environment.folder, authorsLogs)),
        }),
      });
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
