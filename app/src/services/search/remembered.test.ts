import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { QuoteIndex } from './quote-index.ts';

it('searches that are remembered hold their own words, and not the whole address of the request that they came in', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const index = new QuoteIndex();
  index.put({ id: 'a', text: 'alpha', author: 'Nobody' });
  const before = used();
  for (let number = 0; number < 1_000; number++) {
    const address = Buffer.alloc(16_384, `/search?keyword=alpha+and+${number}&`).toString('latin1');
    const keyword = address.slice(address.indexOf('=') + 1, address.indexOf('&'));
    index.search(keyword, 20);
  }
  expect(used() - before).toBeLessThan(4);
  expect(index.search('alpha', 20).ids).toEqual(['a']);
});
