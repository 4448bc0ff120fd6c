import { mostMessage, numbers, numbersAt, words } from './control.js';

/**
 * Turns of a worker's loop before it sleeps, about 0.1 ms: kernels follow each other within that time, and to wake a worker
 * takes 10 to 30 µs.
 */
const spins = 40_000;

/**
 * What a worker runs: a classic script, as text, so that it needs no file beside a bundle and no bundler changes it. It gets
 * one message and then never returns to its event loop until the pool stops.
 */
export const workerSource = `'use strict';
const isNode = typeof process === 'object' && !!process.versions && !!process.versions.node;
const port = isNode ? require('node:worker_threads').parentPort : self;
const begin = ({ module, memory, control, names, index }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = names.map((name) => exports[name]);
  const word = new Int32Array(control);
  const number = new Float64Array(control, ${numbersAt});
  const work = () => {
    const length = word[${words.length}];
    const at = ${numbers.jobs} + (word[${words.count}] - claimed) * length;
    const job = Array.prototype.slice.call(number, at, at + length);
    if (word[${words.hasScratch}]) job.push(number[${numbers.scratch}] + index * number[${numbers.scratchStep}]);
    kernels[word[${words.kernel}]](...job);
  };
  let claimed = 0;
  port.postMessage('ready');
  while (!Atomics.load(word, ${words.stop})) {
    let spins = ${spins};
    while ((claimed = Atomics.load(word, ${words.left})) <= 0 && spins > 0) spins--;
    if (claimed <= 0) {
      Atomics.add(word, ${words.sleeping}, 1);
      Atomics.wait(word, ${words.left}, claimed);
      Atomics.sub(word, ${words.sleeping}, 1);
    } else if (Atomics.compareExchange(word, ${words.left}, claimed, claimed - 1) === claimed) {
      try {
        work();
      } catch (error) {
        const text = String(error && error.message || error).slice(0, ${mostMessage}) || 'trap';
        for (let i = 0; i < text.length; i++) word[${words.message} + i] = text.charCodeAt(i);
        Atomics.store(word, ${words.failed}, text.length);
      }
      Atomics.add(word, ${words.done}, 1);
      if (Atomics.load(word, ${words.awaited})) Atomics.notify(word, ${words.done});
    }
  }
  if (!isNode) self.close();
};
if (isNode) port.once('message', begin);
else port.onmessage = ({ data }) => begin(data);
`;
