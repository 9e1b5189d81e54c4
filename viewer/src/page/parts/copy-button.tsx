import { useState } from "preact/hooks";

interface CopyButtonProps {
  readonly label: string;
  readonly title: string;
  readonly text: () => string | Promise<string>;
}

const SHOWN_MS = 1_500;

/** Copies a text that is made when the button is pressed, and says whether that went well. */
export function CopyButton({ label, title, text }: CopyButtonProps) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await text());
      setSaid("Copied");
    } catch {
      setSaid("Not copied");
    }
    window.setTimeout(() => setSaid(""), SHOWN_MS);
  };
  return (
    <button type="button" class="button" title={title} onClick={() => void copy()}>
      {said || label}
    </button>
  );
}
