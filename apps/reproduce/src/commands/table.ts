import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Environment } from '../runs/environment.js';
import { shownPath } from '../terminal/shown-path.js';
import { defaultRunsFolder } from './options.js';

interface Options {
  readonly results?: string;
  readonly json?: string;
  readonly markdown?: string;
  readonly baseline?: string;
  readonly authorsLogs?: string;
}

/**
 * The command that tabulates logs beside the paper's numbers; it never trains.
 *
 * By default the runs computed here, and the committed reference for what was not computed; with `--results` one
 * folder alone.
 */
export function tableCommand(environment: Environment): Command {
  return new Command('table')
    .description("the paper's table beside ours, from the logs")
    .option(
      '--results <folder>',
      `this folder's logs alone (default: those in ${defaultRunsFolder}, and the committed reference for what is not there)`,
    )
    .option('--json <file>', 'write the rows there too')
    .option('--markdown <file>', 'write the tables there too')
    .option('--baseline <method>', 'compare with this method, run by run (default: none)')
    .option(
      '--authors-logs <folder>',
      "read the authors' own logs there, in place of the committed accuracies of their runs",
    )
    .action(async ({ results, json, markdown, baseline, authorsLogs }: Options) => {
      const { authorsMethods, readAuthorsLogs } = await import('../report/authors-logs.js');
      const { renderResults } = await import('../report/render-results.js');
      const folder = resolve(environment.folder, results ?? defaultRunsFolder);
      const shown = shownPath(folder, environment.folder);
      if (results !== undefined && !existsSync(folder)) {
        throw new Error(`--results is ${results}, which is not there; expected a folder of logs.`);
      }
      const folders = {
        results: folder,
        ...(results === undefined && { reference: environment.reference }),
      };
      const { rows, text, unfinished } = renderResults(folders, environment, {
        ...(baseline !== undefined && { baseline }),
        ...(authorsLogs !== undefined && {
          authors: authorsMethods(readAuthorsLogs(resolve(environment.folder, authorsLogs))),
        }),
      });
      for (const { path, reason } of unfinished) {
        console.error(`not counted: ${path}: ${reason}`);
      }
      if (rows.length === 0) {
        throw new Error(
          `no finished runs in ${shown}. Compute some first, such as by \`reproduce synthetic\`.`,
        );
      }
      process.stdout.write(text);
      if (json !== undefined) {
        writeFileSync(resolve(environment.folder, json), `${JSON.stringify(rows, null, 2)}\n`);
      }
      if (markdown !== undefined) writeFileSync(resolve(environment.folder, markdown), text);
    });
}
