import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answered, api } from "../../api/client";
import { explain } from "../../api/errors";
import { useApiKeys, type ApiKey, type Schemas } from "../../app/queries";
import { showMoment } from "../../app/times";
import { useTitle } from "../../app/useTitle";
import { Dialog } from "../../components/Dialog";
import { notify } from "../../components/notices";
import { Empty, Failure, Skeleton } from "../../components/States";
import { CreateKey } from "./CreateKey";
import { Example } from "./Example";
import { NewSecret } from "./NewSecret";
import styles from "./ApiKeysPage.module.css";

export default function ApiKeysPage() {
  useTitle("API keys");
  const { data: keys, error, refetch } = useApiKeys();
  const queryClient = useQueryClient();
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<Schemas["NewApiKey"] | null>(null);
  const valid = keys?.filter((key) => key.revoked_at === null);

  function onCreated(key: Schemas["NewApiKey"]): void {
    setCreating(false);
    setCreated(key);
    void queryClient.invalidateQueries({ queryKey: ["api-keys"] });
  }

  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>API keys</h1>
          <p>Programs sign their requests with a key. A key can do no more than its scopes allow.</p>
        </div>
        <button type="button" className="button primary" onClick={() => setCreating(true)}>
          Create a key
        </button>
      </div>
      <section className="panel" aria-label="API keys">
        {keys === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {keys === undefined && error === null && <Skeleton rows={3} label="Loading API keys" />}
        {valid?.length === 0 && (
          <Empty title="No keys yet">A key lets a program trade, or only look, in your name.</Empty>
        )}
        {valid !== undefined && valid.length > 0 && <KeyTable keys={valid} />}
      </section>
      <Example />
      {isCreating && <CreateKey onClose={() => setCreating(false)} onCreated={onCreated} />}
      {created !== null && <NewSecret created={created} onClose={() => setCreated(null)} />}
    </div>
  );
}

function KeyTable({ keys }: { keys: readonly ApiKey[] }) {
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <div className="table-scroll">
      <table className="table">
        <caption className="visually-hidden">API keys</caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col">Key</th>
            <th scope="col">Scopes</th>
            <th scope="col">Addresses</th>
            <th scope="col">Created</th>
            <th scope="col">
              <span className="visually-hidden">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td>{key.label}</td>
              <td>
                <code>{key.key}</code>
              </td>
              <td>
                <span className={styles["scopes"]}>
                  {key.scopes.map((scope) => (
                    <span key={scope} className={scope === "withdraw" ? "badge warn" : "badge"}>
                      {scope}
                    </span>
                  ))}
                </span>
              </td>
              <td className="soft">{key.ip_ranges.length === 0 ? "Any" : key.ip_ranges.join(", ")}</td>
              <td className="soft">{showMoment(key.created_at)}</td>
              <td className="number">
                <button
                  type="button"
                  className="button tiny"
                  aria-label={`Revoke ${key.label}`}
                  onClick={() => setRevoking(key)}
                >
                  Revoke
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {revoking !== null && <Revoke apiKey={revoking} onClose={() => setRevoking(null)} />}
    </div>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [isSending, setSending] = useState(false);

  async function revoke(): Promise<void> {
    setSending(true);
    try {
      await answered(api.DELETE("/api/v1/api-keys/{api_key_id}", { params: { path: { api_key_id: apiKey.id } } }));
      notify("plain", "Key revoked", `${apiKey.label} no longer works.`);
    } catch (error) {
      notify("bad", "The key was not revoked", explain(error));
    }
    void queryClient.invalidateQueries({ queryKey: ["api-keys"] });
    onClose();
  }

  return (
    <Dialog title={`Revoke ${apiKey.label}?`} onClose={onClose}>
      <p className="soft">
        Programs that use it are refused from now on. This cannot be undone. Open orders stay in the book.
      </p>
      <div className={styles["buttons"]}>
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="button danger" disabled={isSending} onClick={() => void revoke()}>
          Revoke the key
        </button>
      </div>
    </Dialog>
  );
}
