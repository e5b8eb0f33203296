import styles from "./tables.module.css";

interface Paged {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

export function MoreButton({ query, label = "Show older" }: { query: Paged; label?: string }) {
  if (!query.hasNextPage) return null;
  return (
    <div className={styles["more"]}>
      <button
        type="button"
        className="button"
        disabled={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        {query.isFetchingNextPage ? "Loading…" : label}
      </button>
    </div>
  );
}
