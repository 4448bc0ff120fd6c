import { dataFolder, fetchFashionMnist } from '@metadistill/datasets/node';

await fetchFashionMnist();
console.log(`Fashion-MNIST is in ${dataFolder()}.`);
