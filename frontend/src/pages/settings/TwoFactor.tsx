import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";
import { deactivate, renewRecoveryCodes, type SecondFactor } from "../../api/secondFactor";
import { queryClient, useSecondFactor } from "../../app/queries";
import { showDay, showMoment } from "../../app/times";
import { notify } from "../../components/notices";
import { SecondFactorDialog } from "../../components/SecondFactorDialog";
import { Failure, Skeleton } from "../../components/States";
import { ActivateTwoFactor } from "./ActivateTwoFactor";
import { RecoveryCodes } from "./RecoveryCodes";
import styles from "./SettingsPage.module.css";

const ANCHOR = "two-factor";
const FEW = 3;

type Step = "activate" | "renew" | "deactivate" | null;

/** Codes of an authenticator app beside the password. */
export function TwoFactor() {
  const { data, error, refetch } = useSecondFactor();
  const { hash } = useLocation();
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (hash === `#${ANCHOR}`) section.current?.scrollIntoView();
  }, [hash]);

  return (
    <section
      ref={section}
      id={ANCHOR}
      className={`panel ${styles["section"]}`}
      aria-label="Two-factor authentication"
    >
      <h2>Two-factor authentication</h2>
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={2} />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <State factor={data} />
      )}
    </section>
  );
}

function State({ factor }: { factor: SecondFactor }) {
  const [step, setStep] = useState<Step>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const isActive = factor.active_since !== null;

  function finish(newCodes: readonly string[] | null): void {
    setStep(null);
    setCodes(newCodes);
    void queryClient.invalidateQueries({ queryKey: ["second-factor"] });
  }

  return (
    <>
      <p className="soft">
        Signing in then takes a code of an app on your phone, and so does every withdrawal: without it there are none.
      </p>
      <dl className={styles["facts"]}>
        <dt>State</dt>
        <dd>
          {isActive ? (
            <>
              <span className="badge good">Active</span> <span className="faint">since {showDay(factor.active_since)}</span>
            </>
          ) : (
            <span className="badge warn">Not active</span>
          )}
        </dd>
        {isActive && (
          <>
            <dt>Recovery codes</dt>
            <dd>
              {factor.recovery_codes_left} left{" "}
              {factor.recovery_codes_left < FEW && <span className="badge warn">Get new ones soon</span>}
            </dd>
          </>
        )}
        {factor.withdrawals_held_until !== null && (
          <>
            <dt>Withdrawals</dt>
            <dd>
              <span className="badge warn">On hold</span>{" "}
              <span className="faint">until {showMoment(factor.withdrawals_held_until)}, after a change</span>
            </dd>
          </>
        )}
      </dl>
      <div className={styles["buttons"]}>
        {isActive ? (
          <>
            <button type="button" className="button" onClick={() => setStep("renew")}>
              New recovery codes
            </button>
            <button type="button" className="button" onClick={() => setStep("deactivate")}>
              Deactivate
            </button>
          </>
        ) : (
          <button type="button" className="button primary" onClick={() => setStep("activate")}>
            Activate
          </button>
        )}
      </div>

      {step === "activate" && <ActivateTwoFactor onClose={() => setStep(null)} onActivated={finish} />}
      {step === "renew" && (
        <SecondFactorDialog
          title="New recovery codes"
          action="Get new codes"
          onClose={() => setStep(null)}
          onCode={async (code) => finish(await renewRecoveryCodes(code))}
        >
          The old ones end. Withdrawals wait for 48 hours.
        </SecondFactorDialog>
      )}
      {step === "deactivate" && (
        <SecondFactorDialog
          title="Deactivate two-factor authentication"
          action="Deactivate"
          isDangerous
          onClose={() => setStep(null)}
          onCode={async (code) => {
            await deactivate(code);
            finish(null);
            notify("plain", "Deactivated", "The password alone signs in again.");
          }}
        >
          Afterwards the password alone signs in. Withdrawals wait for 48 hours, and need it to be activated again.
        </SecondFactorDialog>
      )}
      {codes !== null && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </>
  );
}
