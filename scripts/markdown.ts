/** Within a list it is indented. */
const FENCE = /^ *```(\w*)[^\n]*\n([\s\S]*?)^ *```$/gm;

/** The text of a page without its blocks of code. */
export function prose(page: string): string {
  return page.replaceAll(FENCE, "");
}

/** What stands in backticks within the text, and blocks of code in these languages. */
export function codeOf(page: string, languages: readonly string[]): string[] {
  const blocks = Array.from(page.matchAll(FENCE), ([, language = "", text = ""]) => ({ language, text }));
  return [
    ...Array.from(prose(page).matchAll(/`([^`\n]+)`/g), ([, code = ""]) => code),
    ...blocks.flatMap(({ language, text }) => (languages.includes(language) ? [text] : [])),
  ];
}

/** Where the links and pictures of a page lead. */
export function linksOf(page: string): string[] {
  // A link's text may be code; a link that is code is none.
  const text = prose(page).replaceAll(/`[^`\n]*`/g, "code");
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target);
}

/** The names by which the headings of a page are linked to, as GitHub makes them. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose(page).matchAll(/^#{1,6} (.+)$/gm)) {
    const name = anchorOf(heading);
    let anchor = name;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${name}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

function anchorOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}
