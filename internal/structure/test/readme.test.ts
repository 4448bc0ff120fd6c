import { runReadme } from '@metadistill/testing';

runReadme(new URL('../../../README.md', import.meta.url));
