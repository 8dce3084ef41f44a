/** What is read of one entry of package-lock.json. */
export interface LockEntry {
  version?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
}

/** Its script only checks the binary that its optional dependency brought; it works without having run. */
const SCRIPTS_ALLOWED = ['esbuild'];
const REGISTRY = 'https://registry.npmjs.org/';

/**
 * Why `npm ci` would fail somewhere: `npm install` leaves a platform package out when the registry did not have it that
 * day, and the lock then only works where it was made.
 */
export function lockProblems(packages: Record<string, LockEntry>): string[] {
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (path === '') return [];
    const problems = missingOptional(packages, path, entry);
    if (!entry.version || !entry.integrity) problems.push(`${path} has no version or no integrity`);
    if (entry.resolved && !entry.resolved.startsWith(REGISTRY)) problems.push(`${path} is not from the registry: ${entry.resolved}`);
    if (entry.hasInstallScript && !SCRIPTS_ALLOWED.includes(nameOf(path))) problems.push(`${path} has an install script`);
    return problems;
  });
}

function missingOptional(packages: Record<string, LockEntry>, path: string, entry: LockEntry): string[] {
  return Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, range]) => {
    const found = lookUp(packages, path, name);
    if (!found) return [`${path} wants ${name} ${range}, and the lock does not hold it`];
    const exact = /^\d/.test(range);
    return exact && found.version !== range ? [`${path} wants ${name} ${range}, and the lock holds ${found.version}`] : [];
  });
}

/** As Node resolves: in the package's own node_modules, then in each one above. */
function lookUp(packages: Record<string, LockEntry>, from: string, name: string): LockEntry | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const found = packages[`${folder ? `${folder}/` : ''}node_modules/${name}`];
    if (found || !folder) return found;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
