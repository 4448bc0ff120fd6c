// cifar-very-tiny in jax-js, compiled by its `jit`: images channels first, as its convolutions read them.
import { defaultDevice, init, jit, lax, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';

/** A step of SGD on cross-entropy and a forward pass, in WebAssembly; both settle when the value is there. */
export async function jaxVeryTiny(batch) {
  if (!(await init('wasm')).includes('wasm'))
    throw new Error('jax-js: no wasm here; expected its wasm device.');
  defaultDevice('wasm');
  const keys = random.split(random.key(1), 8);
  let drawn = 0;
  const draw = (...shape) => random.normal(keys.ref.slice(drawn++), shape).mul(0.1);
  const block = (inputs, outputs) => ({
    filter: draw(outputs, inputs, 3, 3),
    bias: np.zeros([outputs]),
    scale: np.ones([outputs]),
    offset: np.zeros([outputs]),
  });
  const affine = (inputs, outputs) => ({ weight: draw(inputs, outputs), bias: np.zeros([outputs]) });
  let parameters = {
    blocks: [block(3, 8), block(8, 16), block(16, 32)],
    hidden: affine(128, 64),
    end: affine(64, 10),
  };
  const images = draw(batch, 3, 32, 32);
  const labels = nn.oneHot(np.array(Int32Array.from({ length: batch }, (_, i) => i % 10)), 10);

  const step = jit((parameters, images, labels) => {
    const [value, gradient] = valueAndGrad(crossEntropy)(tree.ref(parameters), images, labels);
    return [value, tree.map((parameter, slope) => parameter.sub(slope.mul(0.01)), parameters, gradient)];
  });
  const forward = jit(logitsOf);
  return {
    async step() {
      const [value, next] = step(parameters, images.ref, labels.ref);
      parameters = next;
      await value.data();
    },
    forward: async () => {
      await forward(tree.ref(parameters), images.ref).data();
    },
  };
}

const crossEntropy = (parameters, images, labels) =>
  nn
    .logSoftmax(logitsOf(parameters, images))
    .mul(labels)
    .sum()
    .mul(-1 / images.shape[0]);

function logitsOf({ blocks, hidden, end }, images) {
  const batch = images.shape[0];
  const x = blocks.reduce(normReluPool, images).reshape([batch, -1]);
  const active = nn.relu(np.matmul(x, hidden.weight).add(hidden.bias));
  return np.matmul(active, end.weight).add(end.bias);
}

/** A convolution, batch norm by the batch's moments, ReLU, and 2 × 2 max pooling without an odd last row or column. */
function normReluPool(images, { filter, bias, scale, offset }) {
  const perChannel = (values) => values.reshape([1, -1, 1, 1]);
  const mean = (x) => np.mean(x, [0, 2, 3], { keepdims: true });
  const x = lax.conv(images, filter, [1, 1], 'VALID').add(perChannel(bias));
  const centred = x.sub(mean(x.ref));
  const deviation = np.sqrt(mean(np.square(centred.ref)).add(1e-5));
  const active = nn.relu(centred.div(deviation).mul(perChannel(scale)).add(perChannel(offset)));
  const [batch, channels, height, width] = active.shape;
  const [rows, columns] = [height >> 1, width >> 1];
  const even = active.slice([], [], [0, 2 * rows], [0, 2 * columns]);
  return np.max(even.reshape([batch, channels, rows, 2, columns, 2]), [3, 5]);
}
