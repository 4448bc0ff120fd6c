import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeValue } from '@metadistill/options';
import { io } from '@tensorflow/tfjs-core';
import { writeBytes } from './safetensors-files.js';

/** What `model.json` holds beside the topology: which files have which weights. */
type ModelJson = Omit<io.ModelArtifacts, 'weightSpecs' | 'weightData'> & {
  readonly weightsManifest: readonly Pick<io.WeightsManifestConfig[number], 'paths' | 'weights'>[];
};

/**
 * Saves a `tf.LayersModel` to a folder and loads it from there, as `file://` of native TensorFlow does, on any backend:
 *
 *     await student.save(inFolder('student'));
 *     const student = await tf.loadLayersModel(inFolder('student'));
 *
 * The folder holds `model.json` and `weights.bin`, which pages load by `tf.loadLayersModel(url)`. What the converter of
 * TensorFlow.js writes, with weights in several files, is loaded too. The folder is made if there is none.
 *
 * @throws TypeError if the folder is no path; Error, when it loads, if a file cannot be read or `model.json` is none.
 */
export function inFolder(folder: string): Required<Pick<io.IOHandler, 'save' | 'load'>> {
  if (typeof folder !== 'string' || folder === '') {
    throw new TypeError(
      `inFolder: folder is ${describeValue(folder)}; expected the path of a folder. Pass inFolder('student').`,
    );
  }
  return {
    async save({ weightSpecs = [], weightData, ...model }) {
      const json: ModelJson = {
        ...model,
        weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
      };
      await mkdir(folder, { recursive: true });
      await writeBytes(join(folder, 'weights.bin'), new Uint8Array(io.CompositeArrayBuffer.join(weightData)));
      await writeBytes(join(folder, 'model.json'), new TextEncoder().encode(JSON.stringify(json)));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
    async load() {
      const { weightsManifest, ...model } = await readModelJson(folder);
      const files = await Promise.all(
        weightsManifest.flatMap(({ paths }) => paths.map((path) => read(folder, path))),
      );
      return {
        ...model,
        weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
        // One buffer: of several, TensorFlow.js reads zeros if a number is cut. A copy, as Buffer may share its memory.
        weightData: new Uint8Array(Buffer.concat(files)).buffer,
      };
    },
  };
}

async function readModelJson(folder: string): Promise<ModelJson> {
  const text = (await read(folder, 'model.json')).toString();
  try {
    const json = JSON.parse(text) as ModelJson;
    if (!Array.isArray(json.weightsManifest)) throw new Error('it has no weightsManifest');
    return json;
  } catch (cause) {
    throw new Error(
      `inFolder: ${join(folder, 'model.json')} is no model (${(cause as Error).message}); expected what save() of a tf.LayersModel or tensorflowjs_converter writes.`,
      { cause },
    );
  }
}

async function read(folder: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, file));
  } catch (cause) {
    throw new Error(
      `inFolder: ${join(folder, file)} cannot be read (${(cause as Error).message}); expected a file of a saved model. Check the folder.`,
      { cause },
    );
  }
}
