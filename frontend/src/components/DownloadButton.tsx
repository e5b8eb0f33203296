import { exportAddress, isTooLongToExport, type Period } from "../app/exports";

/** A file of everything that fits the filters. The browser writes it to disk as it comes. */
export function DownloadButton({ path, filter }: { path: string; filter: object & Period }) {
  if (isTooLongToExport(filter)) {
    return (
      <span className="faint" role="note">
        CSV: choose at most 366 days
      </span>
    );
  }
  return (
    <a
      className="button tiny"
      href={exportAddress(path, filter)}
      download
      title={filter.from === undefined ? "Of the last 366 days, or those before the last day chosen" : undefined}
    >
      Download CSV
    </a>
  );
}
