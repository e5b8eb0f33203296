import { useEffect, useState } from "react";
import { Dialog } from "../../../../components/Dialog";
import { Skeleton } from "../../../../components/States";
import type { Account, Connection } from "../types";
import { explainAt } from "../words";
import { testAccount } from "./requests";
import { TestReport } from "./TestReport";
import shared from "../../wallet.module.css";

interface Props {
  readonly account: Account;
  readonly onEdit: () => void;
  readonly onClose: () => void;
}

/** Asks the exchange with the account's keys, at once. */
export function TestDialog({ account, onEdit, onClose }: Props) {
  const [attempt, setAttempt] = useState(1);
  const [report, setReport] = useState<Connection | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { id, exchange_name: exchange } = account;

  useEffect(() => {
    let isWanted = true;
    testAccount(id)
      .then((found) => isWanted && setReport(found))
      .catch((error: unknown) => isWanted && setProblem(explainAt(error, exchange)));
    return () => {
      isWanted = false;
    };
  }, [id, exchange, attempt]);

  function again(): void {
    setReport(null);
    setProblem(null);
    setAttempt(attempt + 1);
  }

  const isRunning = report === null && problem === null;
  return (
    <Dialog title={`Test of ${account.name}`} onClose={onClose}>
      {isRunning && <Skeleton rows={3} label={`Asking ${exchange}`} />}
      {report !== null && <TestReport report={report} exchange={exchange} />}
      {problem !== null && (
        <p className={shared["problem"]} role="alert">
          {problem}
        </p>
      )}
      <div className={shared["buttons"]}>
        {problem !== null && (
          <button type="button" className="button" onClick={onEdit}>
            Give new keys
          </button>
        )}
        <button type="button" className="button" disabled={isRunning} onClick={again}>
          Test again
        </button>
        <button type="button" className="button primary" onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
