export { type AuthorsLogitsFile, authorsLogitsFiles } from './authors-logits.js';
export { type CheckCifar10Options, checkCifar10 } from './check-cifar10.js';
export { dataFolder } from './data-folder.js';
export type { DownloadProgress, VerifiedFile } from './download/download.js';
export type { FashionMnistFile, FashionMnistFiles } from './fashion-mnist-files.js';
export { type FetchCifar10Options, fetchCifar10 } from './fetch-cifar10.js';
export { type FetchFashionMnistOptions, fetchFashionMnist } from './fetch-fashion-mnist.js';
export { type FetchTeacherLogitsOptions, fetchTeacherLogits } from './fetch-teacher-logits.js';
export type { DataIdentity, LoadedDataset } from './identify-files.js';
export { type LoadCifar10Options, loadCifar10 } from './load-cifar10.js';
export { type LoadFashionMnistOptions, loadFashionMnist } from './load-fashion-mnist.js';
export { loadTeacherLogits } from './load-teacher-logits.js';
export {
  type LockOwner,
  lockOwner,
  type PathLock,
  type TryLockOptions,
  tryLock,
  type WaitForLockOptions,
  waitForLock,
} from './path-lock.js';
