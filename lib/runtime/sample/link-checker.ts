import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { headingAnchors, relativeLinks } from './markdown-links.ts';
import { projectDocuments } from './project-files.ts';
import { delegateTo, type SampleBehaviour, type SampleDesk, SKILL_OF } from './sample-behaviour.ts';
import { BAD_DRAFTS, isOn } from './sample-schedule.ts';

const DRAFTS = 8;

/** A request that is answered with a report; whatever else it is told changes nothing. */
const REPORT = 'report';

/**
 * Checks that relative links and anchors lead somewhere. What it finds in the project's documents is a report. Drafts
 * are another matter: it is asked to let only clean ones pass, so a draft with a broken link is a failed request, and a
 * pile of bad drafts makes a high error rate. How large the project is it has from the statistician, to whom it delegates the
 * question: the answer is in its next report.
 */
export function linkChecker(): SampleBehaviour {
  let report: string | null = null;
  let size = '';

  async function checkProject({ host, root, pause, elapsed }: SampleDesk): Promise<void> {
    const documents = await projectDocuments(root);
    const broken: string[] = [];
    let links = 0;
    for (const [position, path] of documents.entries()) {
      if (isOn(BAD_DRAFTS, elapsed())) return;
      host.setTask(`Checking the links of ${path}, ${position + 1} of ${documents.length}`);
      const found = await checkDocument(root, path);
      links += found.links;
      broken.push(...found.broken);
      host.countRequest('served');
      await pause(0.7);
    }
    report = reportOf(documents.length, links, broken);
    host.log('info', report.split('\n')[0] ?? '');
  }

  /** Without the breaks of a round: somebody waits for it. */
  async function firstReport({ root }: SampleDesk): Promise<string> {
    const documents = await projectDocuments(root);
    const found = [];
    for (const path of documents) found.push(await checkDocument(root, path));
    const links = found.reduce((sum, one) => sum + one.links, 0);
    return reportOf(
      documents.length,
      links,
      found.flatMap(({ broken }) => broken),
    );
  }

  async function checkDrafts({ host, pause, elapsed }: SampleDesk): Promise<void> {
    const folder = join(host.folder, 'drafts');
    await writeDrafts(folder);
    for (let position = 0; isOn(BAD_DRAFTS, elapsed()); position += 1) {
      const path = `draft-${(position % DRAFTS) + 1}.md`;
      host.setTask(`Checking drafts/${path}: only clean drafts may pass`);
      const { broken } = await checkDocument(folder, path);
      host.countRequest(broken.length === 0 ? 'served' : { error: `drafts/${broken[0]}` });
      await pause(0.5);
    }
  }

  return {
    name: 'Link checker',
    description: 'Checks relative links and anchors in the documents of this project',
    skill: { id: SKILL_OF['link-checker'], name: 'Check links', description: 'Answers with the newest report on broken links' },
    async round(desk) {
      const drafts = isOn(BAD_DRAFTS, desk.elapsed());
      await desk.host.work(drafts ? 'Checking drafts' : 'Checking links', () => (drafts ? checkDrafts(desk) : checkProject(desk)));
    },
    async answer(desk, task) {
      for (const { status, response } of task.results) if (status === 'completed') size = response.split('\n')[0] ?? '';
      if (task.text.trim() === REPORT) {
        task.onProgress('Writing the report on links');
        await delegateTo(desk, 'statistician', 'statistics');
        await desk.pause(4);
      }
      const links = report ?? (await firstReport(desk));
      return size === '' ? links : `${links}\nIn a project of ${size}`;
    },
  };
}

function reportOf(documents: number, links: number, broken: readonly string[]): string {
  return [`${links} relative links in ${documents} documents, ${broken.length} broken`, ...broken.slice(0, 20)].join('\n');
}

/** Every second link of three drafts in four leads nowhere: the work of a hasty author. */
async function writeDrafts(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let number = 1; number <= DRAFTS; number += 1) {
    const target = number % 4 === 0 ? `draft-${number}.md#notes` : `chapter-${number}/missing.md`;
    await writeFile(
      join(folder, `draft-${number}.md`),
      `# Draft ${number}\n\nSee [the notes](#notes) and [what follows](${target}).\n\n## Notes\n\nTo be continued.\n`,
    );
  }
}

async function checkDocument(root: string, path: string): Promise<{ links: number; broken: string[] }> {
  const text = await readFile(join(root, path), 'utf8');
  const links = relativeLinks(text);
  const broken: string[] = [];
  for (const { line, target } of links) {
    const [file = '', anchor = ''] = decode(target).split('#');
    const there = file === '' ? path : normalize(file.startsWith('/') ? file.slice(1) : join(dirname(path), file));
    const exists =
      file === '' ||
      (await access(join(root, there)).then(
        () => true,
        () => false,
      ));
    const named =
      !exists ||
      anchor === '' ||
      !there.endsWith('.md') ||
      headingAnchors(file === '' ? text : await readFile(join(root, there), 'utf8')).has(anchor.toLowerCase());
    if (!exists) broken.push(`${path}:${line} links to ${target}, which does not exist`);
    else if (!named) broken.push(`${path}:${line} links to ${target}, which has no such heading`);
  }
  return { links: links.length, broken };
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch {
    return target;
  }
}
