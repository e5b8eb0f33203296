import { useState } from "react";
import { Icon } from "./Icon";

const SHOWN_MS = 2_000;

/** Copies a text; where the browser does not allow it, says so by staying as it is. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  }

  return (
    <button type="button" className="button tiny" aria-label={isCopied ? "Copied" : label} onClick={() => void copy()}>
      <Icon name={isCopied ? "check" : "copy"} size={15} />
      {isCopied ? "Copied" : "Copy"}
    </button>
  );
}
