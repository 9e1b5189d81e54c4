import { useEffect } from "preact/hooks";

/** Names the browser's tab while the component is there. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Tracekeep`;
    return () => {
      document.title = "Tracekeep";
    };
  }, [title]);
}
