import { Link } from "react-router";

export function NotFoundPage({ what = "There is nothing at this address" }: { what?: string }) {
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>{what}</h1>
          <p>The link may be old, or mistyped.</p>
        </div>
        <Link to="/" className="button primary">
          To the markets
        </Link>
      </div>
    </div>
  );
}
