/** A command that a page tells the reader to type. */
export interface DocumentedCommand {
  /** `docs/operations.md:42`. */
  readonly at: string;
  readonly words: readonly string[];
}

/** Languages of code blocks that hold commands. */
const SHELL = /^```(?:sh|bash|shell|console)\s*$/;

/** Every command in the shell blocks of a page, and every inline `npm run`, `kubectl` and `argocd` of its text. */
export function commandsIn(path: string, page: string): readonly DocumentedCommand[] {
  const variables = new Map<string, string>();
  return [...fromBlocks(page), ...fromText(page)].flatMap(({ line, text }) =>
    text
      .split(/ (?:&&|\|\||\||;) /)
      .map((command) => withVariables(wordsOf(command), variables))
      .filter((words) => words.length > 0)
      .map((words) => ({ at: `${path}:${line}`, words })),
  );
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/;

/** Puts in what the page has assigned before; a line that only assigns is no command. */
function withVariables(words: readonly string[], variables: Map<string, string>): readonly string[] {
  if (words.every((word) => ASSIGNMENT.test(word))) {
    for (const word of words) {
      const [, name = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
      variables.set(name, value);
    }
    return [];
  }
  return words.map((word) => word.replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => variables.get(name) ?? whole));
}

interface Line {
  readonly line: number;
  readonly text: string;
}

function fromBlocks(page: string): readonly Line[] {
  const found: Line[] = [];
  let inside = false;
  let continued = '';
  for (const [index, text] of page.split('\n').entries()) {
    if (text.startsWith('```')) {
      inside = !inside && SHELL.test(text);
      continue;
    }
    if (!inside || text.trim() === '' || text.startsWith('#')) continue;
    const whole = `${continued}${text.replace(/^\$ /, '').trim()}`;
    continued = whole.endsWith('\\') ? whole.slice(0, -1) : '';
    if (continued === '') found.push({ line: index + 1, text: whole });
  }
  return found;
}

/** Inline code counts as a command when it begins like one and says what to do with what. */
function fromText(page: string): readonly Line[] {
  const text = page.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''));
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/`((?:npm run|kubectl|argocd) [^`]+)`/g)]
        .map(([, command]) => ({ line: index + 1, text: command ?? '' }))
        .filter(({ text: command }) => command.split(' ').length > 2 && !command.includes('...')),
    );
}

/** Splits as a shell does, as far as our pages go: quotes keep words together, a comment ends the command. */
export function wordsOf(text: string): readonly string[] {
  const words = [...text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word);
  const comment = words.findIndex((word) => word.startsWith('#'));
  return (comment < 0 ? words : words.slice(0, comment)).map((word) => word.replaceAll(/["']/g, ''));
}
