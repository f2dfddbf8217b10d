import { describe, expect, it } from 'vitest';
import { useFront } from './front.fixture.ts';

const front = useFront();
const { page } = front;

describe('the API pages', () => {
  it('show every service', async () => {
    const { html } = await page('/docs');
    for (const service of ['users', 'quotes', 'search']) expect(html).toContain(`<h2 id="${service}">${service}</h2>`);
  });

  it('show parameters, body, answers and a command of an endpoint', async () => {
    const { html } = await page('/docs');
    for (const words of [
      'Replace a thing',
      'All of it.',
      'Asks for the admin key.',
      'string, at most 64 characters',
      '<span class="soft">. A word</span>',
      'None &lt;of> this id',
      "curl -X PUT 'https://quotes.example/things/some-id'",
      '&quot;text&quot;: &quot;Il faut cultiver notre jardin.&quot;',
    ]) {
      expect(html).toContain(words);
    }
  });

  it('show the last answer of a service that is down, and say so', async () => {
    front.stub.answers(() => ({ status: 503, body: {} }));
    expect((await page('/docs')).html).toContain('Replace a thing');
  });
});
