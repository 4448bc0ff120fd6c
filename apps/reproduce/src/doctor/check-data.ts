import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNpy } from '@metadistill/datasets';
import { dataFolder, type LoadedDataset, loadCifar10, loadFashionMnist } from '@metadistill/datasets/node';
import { readRegularFile } from '../logs/read-regular-file.js';
import type { Finding } from './finding.js';

const datasets = { 'fashion-mnist': loadFashionMnist, cifar10: loadCifar10 } as const;

/** The data folder, each data set as a run would load it, and the teachers' logits. */
export async function checkData(): Promise<Finding[]> {
  const folder = dataFolder();
  const findings: Finding[] = [
    {
      subject: 'data folder',
      status: 'ok',
      found: `${folder}${existsSync(folder) ? '' : ', not there yet'} (METADISTILL_DATA names another one)`,
    },
  ];
  for (const [name, load] of Object.entries(datasets)) findings.push(await checkDataset(name, load));
  return [...findings, checkTeacherLogits(join(folder, 'teacher-logits'))];
}

async function checkDataset(name: string, load: () => Promise<LoadedDataset>): Promise<Finding> {
  const subject = `data ${name}`;
  try {
    const { train, test, origin } = await load();
    const found = `${train.labels.length} training and ${test.labels.length} test images, ${origin} pixels`;
    if (origin === 'official') return { subject, status: 'ok', found };
    return {
      subject,
      status: 'note',
      found,
      advice: `Runs work, and their logs say so: \`reproduce data ${name}\` says more.`,
    };
  } catch (error) {
    return {
      subject,
      status: 'note',
      found: (error as Error).message,
      advice: 'The synthetic experiment needs no data.',
    };
  }
}

function checkTeacherLogits(folder: string): Finding {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.npy')) : [];
  const faults = files.flatMap((file) => faultOf(join(folder, file)));
  if (faults.length > 0) {
    const advice =
      'Fetch those of the authors with `reproduce data teacher-logits`, or train a teacher again.';
    return { subject: 'teacher logits', status: 'note', found: faults.join('; '), advice };
  }
  if (files.length > 0) return { subject: 'teacher logits', status: 'ok', found: files.join(', ') };
  return {
    subject: 'teacher logits',
    status: 'note',
    found: `none in ${folder}`,
    advice:
      'Image experiments distil from them. To fetch those of the authors: npx -y pnpm@10 reproduce data teacher-logits',
  };
}

/** A hundred times those of the data sets here. */
const maxLogitsBytes = 2 ** 28;

/** What is wrong with a file of logits, if anything is. */
function faultOf(path: string): string[] {
  try {
    const bytes = readRegularFile(path, maxLogitsBytes);
    if (bytes) decodeNpy({ name: path, bytes });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
