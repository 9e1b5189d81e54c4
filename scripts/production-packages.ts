/** What package-lock.json says a package needs. */
interface Dependent {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

type Packages = Readonly<Record<string, Dependent>>;

/**
 * The folders of all packages that workspaces need at run time, those of the workspaces that they use included.
 * @throws Error if the lockfile lacks one
 */
export function productionPackages(packages: Packages, workspaces: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visited = new Set<string>();
  const visit = (path: string): void => {
    if (visited.has(path)) return;
    visited.add(path);
    const entry = packages[path];
    if (path.includes("node_modules/")) found.add(path);
    for (const [name, isOptional] of needsOf(entry)) {
      const at = locate(packages, path, name);
      if (at !== undefined) visit(at);
      else if (!isOptional)
        throw new Error(`package-lock.json has no ${name}, which ${path} needs: run npm install`);
    }
  };
  for (const workspace of workspaces) visit(workspace);
  return found;
}

/** Names of what a package needs, and whether it can do without. */
function needsOf(entry: Dependent = {}): Map<string, boolean> {
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = entry;
  const peers = Object.keys(peerDependencies);
  return new Map([
    ...peers.map((name) => [name, peerDependenciesMeta[name]?.optional ?? false] as const),
    ...Object.keys(dependencies).map((name) => [name, false] as const),
    ...Object.keys(optionalDependencies).map((name) => [name, true] as const),
  ]);
}

/** Where Node.js finds a package: the nearest node_modules upwards; of a workspace its own folder. */
function locate(packages: Packages, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const path = `${at}${at === "" ? "" : "/"}node_modules/${name}`;
    const entry = packages[path];
    if (entry !== undefined) return entry.link ? entry.resolved : path;
    if (at === "") return undefined;
  }
}
