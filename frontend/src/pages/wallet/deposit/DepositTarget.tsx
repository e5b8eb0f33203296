import { showHolding } from "../../../app/amounts";
import type { DepositAddress } from "../../../app/funds";
import { CopyButton } from "../../../components/CopyButton";
import { QrCode } from "../QrCode";
import shared from "../wallet.module.css";
import styles from "./DepositTarget.module.css";

const BANK = "bank";

/** Where to send an asset over one network, and what to mind. */
export function DepositTarget({ place, onRetry }: { place: DepositAddress; onRetry: () => void }) {
  const isBank = place.kind === BANK;
  const tagName = isBank ? "Reference" : "Tag or memo";
  if (place.address === null) {
    return (
      <div className={shared["notice"]} role="alert">
        The network does not answer, so there is no address yet.{" "}
        <button type="button" className="button tiny" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  return (
    <div className={styles["target"]}>
      {!isBank && <QrCode text={place.address} label={`QR code of your ${place.asset} address`} />}
      <div className={styles["side"]}>
        {place.recipient !== "" && <Copyable label="Recipient" text={place.recipient} />}
        <Copyable label={isBank ? "Account (IBAN)" : `Your ${place.asset} address`} text={place.address} />
        {place.bic !== "" && <Copyable label="BIC" text={place.bic} />}
        {place.tag !== "" && <Copyable label={tagName} text={place.tag} />}
        {place.needs_tag && (
          <p className={shared["notice"]}>
            <strong>Do not leave out the {tagName.toLowerCase()}.</strong> Without it we cannot tell that the deposit is
            yours.
          </p>
        )}
        <p className="soft">
          {isBank
            ? `Transfer ${place.asset} only, from an account in your own name.`
            : `Send only ${place.asset} to this address, and only over ${place.network}. Anything else may be lost.`}
        </p>
        <dl className={shared["facts"]}>
          <dt>Minimum</dt>
          <dd>
            {showHolding(place.min_deposit)} {place.asset}
          </dd>
          {!isBank && (
            <>
              <dt>Credited after</dt>
              <dd>
                {place.required_confirmations} {place.required_confirmations === 1 ? "confirmation" : "confirmations"}
              </dd>
            </>
          )}
        </dl>
      </div>
    </div>
  );
}

function Copyable({ label, text }: { label: string; text: string }) {
  return (
    <div className={shared["label"]}>
      <span>{label}</span>
      <div className={shared["long"]}>
        <code>{text}</code>
        <CopyButton text={text} label={`Copy: ${label}`} />
      </div>
    </div>
  );
}
