import { buildAll } from './programs.ts';
import { buildImages, buildApplication } from './images.ts';
import { applicationImage } from './platform.ts';
await buildAll(console.log);
await buildImages(console.log);
await buildApplication(applicationImage(), console.log);
console.log('all built');
