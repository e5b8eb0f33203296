import { Component, type ReactNode } from "react";

/** A mistake of the page itself must never look like a market that stands still. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div className="page" role="alert">
        <div className="page-head">
          <div>
            <h1>This page stopped working</h1>
            <p>Your orders and balances are not affected. Load the page again to go on.</p>
          </div>
          <button type="button" className="button primary" onClick={() => location.reload()}>
            Load again
          </button>
        </div>
      </div>
    );
  }
}
