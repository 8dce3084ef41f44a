/** Marks the members of the sample team; its value is the member's role. */
export const SAMPLE_LABEL = 'canvas.sample';
const INTERVAL_SECONDS = 5;

export interface SampleMember {
  key: string;
  name: string;
  role: string;
  config: Record<string, unknown>;
}

const member = (key: string, name: string, role: string): SampleMember => ({
  key,
  name,
  role,
  config: { interval_seconds: INTERVAL_SECONDS, agent: { kind: 'sample', role: key } },
});

export const SAMPLE_LEAD = member('lead', 'Docs Lead', 'Asks the others in turn, delegates what takes longer, and reads what comes back');
export const SAMPLE_MEMBERS = [
  member('indexer', 'Indexer', 'Indexes the documents of this project'),
  member('searcher', 'Searcher', 'Answers searches over the index'),
  member('statistician', 'Statistician', 'Counts files, lines and words'),
  member('link-checker', 'Link Checker', 'Checks that every link leads somewhere'),
  member('writer', 'Summary Writer', 'Writes summaries from the others’ answers'),
];
