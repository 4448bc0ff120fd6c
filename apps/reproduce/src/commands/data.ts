import { basename } from 'node:path';
import type { LockOwner } from '@metadistill/datasets/node';
import { Argument, Command } from 'commander';
import { watchForStop } from '../terminal/watch-for-stop.js';
import { oneOf } from './options.js';

const datasets = ['fashion-mnist', 'cifar10'] as const;
type DatasetName = (typeof datasets)[number];

/** The command that fetches a data set that is not there yet, verifies it and says what it holds. */
export function dataCommand(): Command {
  const parse = oneOf('dataset', datasets);
  return new Command('data')
    .description('fetch, verify and describe a data set')
    .addArgument(new Argument('<dataset>', datasets.join(' or ')).argParser(parse))
    .action(async (dataset: DatasetName) => {
      const { dataFolder, fetchCifar10, fetchFashionMnist, loadCifar10, loadFashionMnist } = await import(
        '@metadistill/datasets/node'
      );
      const [fetchFiles, load] =
        dataset === 'cifar10' ? [fetchCifar10, loadCifar10] : [fetchFashionMnist, loadFashionMnist];
      const { describeDataset } = await import('./describe-dataset.js');
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
      console.log(`data folder: ${dataFolder()} (METADISTILL_DATA names another one)\n`);
      process.stdout.write(describeDataset(await load()));
    });
}

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
