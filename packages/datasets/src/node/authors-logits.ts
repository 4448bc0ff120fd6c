/** One file of logits that the paper's authors published. */
export interface AuthorsLogitsFile {
  /** In `teacher-logits` of the data folder. */
  readonly file: string;
  /** Where the authors keep it, below their repository's folder `code`. */
  readonly source: string;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
}

/** The largest has 2,400,128 bytes. */
export const authorsLogitsMaxBytes = 8 * 1024 ** 2;

/**
 * The logits of the three teachers of Gorpinich, Bakhteev, Strijov (2022) on the training images, float32 `[examples, 10]`
 * in the order of the official files: ResNet-18 and a small convolutional network on CIFAR-10, ResNet-18 on Fashion-MNIST.
 *
 * @see https://github.com/Intelligent-Systems-Phystech/MetaOptDistillation
 */
export const authorsLogitsFiles: readonly AuthorsLogitsFile[] = [
  {
    file: 'cifar10-resnet18.npy',
    source: 'logits_resnet.npy',
    sha256: '4d9113acb8c2f5b0d9d096a865d080352d2fc195efea015271ec931380be6a2f',
  },
  {
    file: 'cifar10-cnn.npy',
    source: 'logits_cnn.npy',
    sha256: '2eb9395a574e37393886bb7f875b2d86529a097ebf454e76785be040d31c8203',
  },
  {
    file: 'fashion-mnist-resnet18.npy',
    source: 'logits_resnet_fmnist.npy',
    sha256: 'b8734c967d15954e5c06fffb226d45ee3926026a826eb9036d85e42d630b6edd',
  },
];
