import { CopyButton } from "../../../../components/CopyButton";
import shared from "../../wallet.module.css";

export function Copyable({ label, text }: { label: string; text: string }) {
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
