import { useState } from "react";
import { CopyButton } from "../../components/CopyButton";
import { Tabs } from "../../components/Tabs";
import styles from "./ApiKeysPage.module.css";

type Language = "curl" | "python";

function curlExample(origin: string): string {
  return `KEY=bk_…
SECRET=…
TIMESTAMP=$(date +%s%3N)
SIGNATURE=$(printf '%s\\nGET\\n/api/v1/balances\\n' "$TIMESTAMP" | openssl dgst -sha256 -hmac "$SECRET" -hex | sed 's/.* //')
curl -s ${origin}/api/v1/balances \\
  -H "X-Bourse-Key: $KEY" -H "X-Bourse-Timestamp: $TIMESTAMP" -H "X-Bourse-Signature: $SIGNATURE"`;
}

function pythonExample(origin: string): string {
  return `import hashlib, hmac, json, time, urllib.request

KEY, SECRET, HOST = "bk_…", "…", "${origin}"


def call(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else b""
    timestamp = str(time.time_ns() // 1_000_000)
    text = f"{timestamp}\\n{method}\\n{path}\\n".encode() + data
    headers = {
        "Content-Type": "application/json",
        "X-Bourse-Key": KEY,
        "X-Bourse-Timestamp": timestamp,
        "X-Bourse-Signature": hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest(),
    }
    request = urllib.request.Request(HOST + path, data or None, headers, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


print(call("GET", "/api/v1/balances"))`;
}

/** How a program signs, ready to run. */
export function Example() {
  const [language, setLanguage] = useState<Language>("curl");
  const text = language === "curl" ? curlExample(location.origin) : pythonExample(location.origin);
  return (
    <Tabs
      className={`panel ${styles["example"]}`}
      label="Example"
      items={[
        { value: "curl", label: "curl" },
        { value: "python", label: "Python" },
      ]}
      value={language}
      onChange={setLanguage}
      aside={
        <>
          <a href="/api/v1/docs/">API reference</a>
          <CopyButton text={text} label="Copy the example" />
        </>
      }
    >
      <pre className={styles["code"]} tabIndex={0}>
        {text}
      </pre>
    </Tabs>
  );
}
