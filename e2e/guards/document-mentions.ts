/** What a document's mentions are held against. */
export interface Project {
  /** A path from the top of the project. */
  exists(path: string): boolean;
  /** A link's target, as the document that has it writes it. */
  linkExists(target: string): boolean;
  hasScript(name: string): boolean;
  /** The anchors of a document; '' is the document itself. */
  headings(target: string): string[];
}

const LINK = /\]\(([^)\s]+)\)/g;
const CODE_PATH = /`((?:app|components|docs|e2e|lib|scripts)\/[^`\s]*)`/g;
const COMMAND = /\bnpm run ([\w:-]+)/g;
/** Stands for many paths, or for one that the reader fills in. */
const PATTERN = /[*<>{}]|…/;

/** Links, paths and commands of a document that lead nowhere, each as it is written there. */
export function brokenMentions(text: string, project: Project): string[] {
  const links = [...text.matchAll(LINK)].map(([, target]) => target ?? '').filter((target) => !/^[a-z]+:/.test(target));
  const paths = [...text.matchAll(CODE_PATH)].map(([, path]) => path ?? '').filter((path) => !PATTERN.test(path));
  const commands = [...text.matchAll(COMMAND)].map(([, name]) => name ?? '');
  return [
    ...links.filter((target) => !leadsSomewhere(target, project)),
    ...paths.filter((path) => !project.exists(path)),
    ...commands.filter((name) => !project.hasScript(name)).map((name) => `npm run ${name}`),
  ];
}

function leadsSomewhere(link: string, project: Project): boolean {
  const [target = '', anchor] = link.split('#');
  if (target !== '' && !project.linkExists(target)) return false;
  return anchor === undefined || project.headings(target).includes(anchor);
}
