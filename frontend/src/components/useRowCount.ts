import { useEffect, useState } from "react";

/** How many rows of a height fit into an element, as it is now; and where to hang the element in. */
export function useRowCount(rowHeight: number, atFirst: number): [(element: HTMLElement | null) => void, number] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [count, setCount] = useState(atFirst);
  useEffect(() => {
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.height > 0)
        setCount(Math.max(1, Math.floor(entry.contentRect.height / rowHeight)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element, rowHeight]);
  return [setElement, count];
}
