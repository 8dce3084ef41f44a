export interface MarkdownLink {
  line: number;
  target: string;
}

const withoutBlocks = (text: string) => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replace(/[^\n]/g, ''));

/** Links to other files and to anchors; addresses of other sites are nobody's to check without a network. */
export function relativeLinks(text: string): MarkdownLink[] {
  const links: MarkdownLink[] = [];
  for (const [index, line] of withoutBlocks(text)
    .replace(/`[^`\n]*`/g, '')
    .split('\n')
    .entries()) {
    for (const match of line.matchAll(/\]\(\s*(?:<([^>\n]+)>|([^)\s]+))[^)]*\)/g)) {
      const target = match[1] ?? match[2] ?? '';
      if (target !== '' && !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) links.push({ line: index + 1, target });
    }
  }
  return links;
}

/** The anchors that a renderer makes of the headings. */
export function headingAnchors(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const match of withoutBlocks(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let name = slug;
    for (let again = 1; anchors.has(name); again += 1) name = `${slug}-${again}`;
    anchors.add(name);
  }
  return anchors;
}
