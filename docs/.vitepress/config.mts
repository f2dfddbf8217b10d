import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type DefaultTheme, defineConfig, type MarkdownRenderer } from 'vitepress';
import { project } from '../../charts/project.ts';

const DOCS = join(import.meta.dirname, '..');
const SECTIONS = {
  tutorial: 'Tutorial',
  'how-to': 'How to',
  reference: 'Reference',
  explanation: 'Explanation',
  runbooks: 'Runbooks',
};

/** Pages of wide tables, which take the room of the outline too. */
const WIDE = /^(faults|explanation\/architecture|reference\/(requirements|frameworks|metrics|claims))\.md$/;

/** The pages of a folder under their own headings, so that a new page needs no entry anywhere; other languages last. */
function section([folder, text]: [string, string]): DefaultTheme.SidebarItem {
  const pages = readdirSync(join(DOCS, folder)).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const entries = pages.map((name) => {
    const page = readFileSync(join(DOCS, folder, name), 'utf8');
    const title = /^# (.+)$/m.exec(page)?.[1] ?? name;
    const order = `${/^lang: /m.test(page)}${title}`;
    return { order, item: { text: title, link: `/${folder}/${name.replace(/\.md$/, '')}` } };
  });
  const items = entries.sort((a, b) => a.order.localeCompare(b.order)).map(({ item }) => item);
  return { text, collapsed: folder === 'runbooks', items };
}

/** Links that leave the pages lead to the repository; whether they exist there is test/documentation.test.ts's question. */
function linkToRepository(md: MarkdownRenderer): void {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href');
      if (href === null || !href.startsWith('..')) continue;
      const path = normalize(join('docs', dirname(env.relativePath), href));
      if (!path.startsWith('docs/') || path.endsWith('.yaml'))
        token.attrSet('href', `${project.repository}/blob/main/${path}`);
    }
  });
}

/** Diagrams are drawn in the browser; the templates of alerts (`{{ $value }}`) are text and not Vue's. */
function diagramsAndTemplates(md: MarkdownRenderer): void {
  const { fence, text } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info = '', content = '' } = tokens[index] ?? {};
    if (info.trim() === 'mermaid') return `<Diagram code="${encodeURIComponent(content)}" />`;
    return fence?.(tokens, index, ...rest) ?? '';
  };
  md.renderer.rules.text = (...given) => (text?.(...given) ?? '').replaceAll('{{', '&#123;&#123;');
}

export default defineConfig({
  title: `${project.name} platform`,
  description: 'Operating, changing and understanding the platform',
  srcDir: DOCS,
  outDir: join(DOCS, '../build/docs'),
  cacheDir: join(DOCS, '../.cache/vitepress'),
  rewrites: { 'README.md': 'index.md', 'runbooks/README.md': 'runbooks/index.md' },
  cleanUrls: true,
  ignoreDeadLinks: 'localhostLinks',
  transformPageData: ({ relativePath, frontmatter }) =>
    WIDE.test(relativePath) ? { frontmatter: { ...frontmatter, aside: false } } : undefined,
  markdown: {
    // Shiki has no grammar of it, and says so at each block that it is not told of.
    languages: [{ name: 'promql', scopeName: 'source.promql', patterns: [], repository: {} }],
    config: (md) => {
      linkToRepository(md);
      diagramsAndTemplates(md);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: [...Object.entries(SECTIONS).map(section), { text: 'Faults', link: '/faults' }],
    outline: [2, 3],
    editLink: { pattern: `${project.repository}/edit/main/docs/:path` },
    socialLinks: [{ icon: 'github', link: project.repository }],
  },
});
