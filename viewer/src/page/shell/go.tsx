import type { ComponentChildren } from "preact";
import { addressOf, go, type Route, route } from "../state/route.ts";

interface GoProps {
  readonly to: Partial<Route>;
  readonly class: string;
  /** The view that is shown. */
  readonly current?: boolean;
  /** For tests and for whoever inspects the page: what the link stands for. */
  readonly id?: string;
  readonly children: ComponentChildren;
}

/** A link within the page. */
export function Go({ to, current = false, children, ...props }: GoProps) {
  return (
    <a {...props} aria-current={current ? "page" : undefined} {...linkTo(to)}>
      {children}
    </a>
  );
}

/** What makes an `a` element, of HTML or of SVG, lead to a place within the page. */
export function linkTo(to: Partial<Route>): { href: string; onClick: (event: MouseEvent) => void } {
  // Read, so that the address follows the search.
  route.value;
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return { href: addressOf(to), onClick };
}
