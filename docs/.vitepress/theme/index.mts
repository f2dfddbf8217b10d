import DefaultTheme from 'vitepress/theme';
import { defineComponent, h, onMounted, ref } from 'vue';
import './site.css';

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
      const { svg: drawing } = await mermaid.render(`diagram-${drawn}`, decodeURIComponent(code));
      // A wide one scrolls before its words become too small to read.
      svg.value = drawing.replace(
        /max-width: ([\d.]+)px/,
        (all, width) => `${all}; min-width: ${0.65 * Number(width)}px`,
      );
    });
    return () => h('figure', { innerHTML: svg.value });
  },
});

export default { extends: DefaultTheme, enhanceApp: ({ app }) => void app.component('Diagram', Diagram) };
