import DefaultTheme from 'vitepress/theme';
import { defineComponent, h, onMounted, ref } from 'vue';

let drawn = 0;

/** A Mermaid diagram. The library is large, so only pages that hold a diagram load it. */
const Diagram = defineComponent({
  props: { code: { type: String, required: true } },
  setup: ({ code }) => {
    const svg = ref('');
    onMounted(async () => {
      const { default: mermaid } = await import('mermaid');
      const dark = document.documentElement.classList.contains('dark');
      mermaid.initialize({ startOnLoad: false, theme: dark ? 'dark' : 'neutral' });
      drawn += 1;
      svg.value = (await mermaid.render(`diagram-${drawn}`, decodeURIComponent(code))).svg;
    });
    return () => h('figure', { innerHTML: svg.value });
  },
});

export default { extends: DefaultTheme, enhanceApp: ({ app }) => void app.component('Diagram', Diagram) };
