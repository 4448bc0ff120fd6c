/** One file of Fashion-MNIST. */
export interface FashionMnistFile {
  readonly file: string;
  /** Of the uncompressed content, in hexadecimal. */
  readonly contentSha256: string;
}

/** Its training and test images and labels. */
export type FashionMnistFiles = Readonly<
  Record<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels', FashionMnistFile>
>;

/** Where Debian's package dataset-fashion-mnist keeps the files. */
export const fashionMnistSystemFolder = '/usr/share/datasets/fashion-mnist';

/** No file of it has as many bytes, compressed or not: the largest has 47,040,016 of content. */
export const fashionMnistMaxBytes = 64 * 1024 ** 2;

/**
 * The four files of Fashion-MNIST, and the SHA-256 of each one's uncompressed content.
 *
 * The published MD5s are of the compressed files, whose gzip header holds a name and a time. Debian's package has
 * the same compressed data behind a header without them, so that its files have other MD5s; put back, the name and
 * the time (31 August 2017) give exactly the published MD5s. A checksum of the content is right for both.
 */
export const fashionMnistFiles: FashionMnistFiles = {
  trainImages: {
    file: 'train-images-idx3-ubyte.gz',
    contentSha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  },
  trainLabels: {
    file: 'train-labels-idx1-ubyte.gz',
    contentSha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  testImages: {
    file: 't10k-images-idx3-ubyte.gz',
    contentSha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  },
  testLabels: {
    file: 't10k-labels-idx1-ubyte.gz',
    contentSha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
};
