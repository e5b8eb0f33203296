import { useEffect, useRef, useState, type RefObject } from "react";

/** How many rows of a height fit into an element, as it is now. */
export function useRowCount(rowHeight: number, atFirst: number): [RefObject<HTMLDivElement | null>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [count, setCount] = useState(atFirst);
  useEffect(() => {
    const watched = element.current;
    if (watched === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.height > 0) setCount(Math.max(1, Math.floor(entry.contentRect.height / rowHeight)));
    });
    observer.observe(watched);
    return () => observer.disconnect();
  }, [rowHeight]);
  return [element, count];
}
