import { basename } from 'node:path';
import type { LockOwner } from '@metadistill/datasets/node';
import { Argument, Command } from 'commander';
import { watchForStop } from '../terminal/watch-for-stop.js';
import { oneOf } from './options.js';

const datasets = ['fashion-mnist', 'cifar10', 'teacher-logits'] as const;
type DatasetName = (typeof datasets)[number];

/** The command that fetches a data set, or the authors' logits, that are not there yet, verifies them and says what they are. */
export function dataCommand(): Command {
  const parse = oneOf('dataset', datasets);
  return new Command('data')
    .description("fetch, verify and describe a data set, or the teacher logits of the paper's authors")
    .addArgument(new Argument('<dataset>', datasets.join(', ')).argParser(parse))
    .action(async (dataset: DatasetName) => {
      const node = await import('@metadistill/datasets/node');
      const fetchFiles = {
        cifar10: node.fetchCifar10,
        'fashion-mnist': node.fetchFashionMnist,
        'teacher-logits': node.fetchTeacherLogits,
      }[dataset];
      const download = await showDownload();
      const stop = watchForStop();
      try {
        const files = await fetchFiles({
          onProgress: download.onProgress,
          onWait: (owner) => console.error(`waiting for ${nameOwner(owner)}, which fetches ${dataset}`),
          signal: stop.signal,
        });
        download.stop();
        for (const { path, status, movedAside } of files) {
          console.log(`${status}: ${path}`);
          if (movedAside !== undefined) console.log(`  what was there before: ${movedAside}`);
        }
      } catch (error) {
        download.stop();
        if (!stop.signal.aborted) throw error;
        console.error(
          `Stopped by ${stop.signal.reason}. What has arrived is kept; the same command resumes.`,
        );
        process.exitCode = stop.exitCode();
        return;
      } finally {
        stop.release();
      }
      console.log(`data folder: ${node.dataFolder()} (METADISTILL_DATA names another one)\n`);
      if (dataset === 'teacher-logits') {
        process.stdout.write(authorsOfLogits);
        return;
      }
      const { describeDataset } = await import('./describe-dataset.js');
      const load = dataset === 'cifar10' ? node.loadCifar10 : node.loadFashionMnist;
      process.stdout.write(describeDataset(await load()));
    });
}

/** Whose the logits are. */
const authorsOfLogits =
  'These are the logits of the teachers of M. Gorpinich, O. Bakhteev and V. Strijov (2022) on the training images, as they\n' +
  'published them at https://github.com/Intelligent-Systems-Phystech/MetaOptDistillation, which states no licence. The files\n' +
  'are theirs, and equal to those that the committed results were computed with.\n';

const nameOwner = (owner: LockOwner | undefined): string =>
  owner ? `process ${owner.pid} on ${owner.host}` : 'another process';

/** A bar on a terminal, else a line per file. */
async function showDownload() {
  const { SingleBar } = await import('cli-progress');
  const format = '[{bar}] {percentage}%  {file}, {eta_formatted} left';
  const bar = new SingleBar({ format, stream: process.stderr, gracefulExit: false, clearOnComplete: true });
  let current: string | undefined;
  return {
    onProgress(file: string, received: number, total: number | undefined): void {
      if (file !== current) {
        current = file;
        if (process.stderr.isTTY) bar.start(total ?? received, received, { file: basename(file) });
        else console.log(`fetching ${file}`);
      }
      bar.update(received);
    },
    stop: () => bar.stop(),
  };
}
