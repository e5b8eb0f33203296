import { useState } from "react";
import { Link } from "react-router";
import { config } from "../../app/config";
import { leaveOutHouseVolume } from "../../app/preferences";
import { useIsSignedIn, useMarkets, useSession, useTickers } from "../../app/queries";
import { useFreshness, useTickerTopic, useValue } from "../../app/streams";
import { useTitle } from "../../app/useTitle";
import { Icon } from "../../components/Icon";
import { Segmented } from "../../components/Segmented";
import { Empty, Failure, Skeleton } from "../../components/States";
import { MarketRow } from "./MarketRow";
import styles from "./MarketsPage.module.css";

const ALL = "All";

export default function MarketsPage() {
  useTitle("Markets");
  const [search, setSearch] = useState("");
  const [quote, setQuote] = useState(ALL);
  const isHouseLeftOut = useValue(leaveOutHouseVolume);
  const { markets, error, refetch } = useMarkets();
  const tickers = useTickers();
  const isFresh = useFreshness(useTickerTopic());

  const quotes = [
    ALL,
    ...new Set(
      markets
        ?.map((market) => market.quote)
        .sort()
        .reverse() ?? [],
    ),
  ];
  const wanted = search.trim().toUpperCase();
  const shown = markets?.filter(
    (market) =>
      (quote === ALL || market.quote === quote) && market.symbol.replace("-", "/").includes(wanted.replace("-", "/")),
  );

  return (
    <div className="page">
      <Welcome />
      <div className="page-head">
        <div>
          <h1>Markets</h1>
          <p>The last 24 hours, live.</p>
        </div>
      </div>
      <section className="panel" aria-label="Markets">
        <div className={styles["tools"]}>
          <label className={styles["search"]}>
            <span className="visually-hidden">Search markets</span>
            <Icon name="search" size={16} />
            <input
              className="input"
              type="search"
              placeholder="Search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          </label>
          <Segmented
            label="Quote asset"
            choices={quotes.map((value) => ({ value, label: value }))}
            value={quote}
            onChange={setQuote}
          />
          <label className={`check ${styles["house"]}`}>
            <input
              type="checkbox"
              checked={isHouseLeftOut}
              onChange={(event) => leaveOutHouseVolume.set(event.target.checked)}
            />
            Leave out house volume
          </label>
        </div>
        {error !== null && shown === undefined && <Failure error={error} onRetry={() => void refetch()} />}
        {error === null && shown === undefined && <Skeleton rows={5} label="Loading markets" />}
        {shown?.length === 0 && <Empty title="No market fits">Change the search or the quote asset.</Empty>}
        {shown !== undefined && shown.length > 0 && (
          <div className="table-scroll">
            <table className={`table ${styles["table"]}`}>
              <caption className="visually-hidden">Markets with price, change and volume of the last 24 hours</caption>
              <thead>
                <tr>
                  <th scope="col">Market</th>
                  <th scope="col" className="number">
                    Last price
                  </th>
                  <th scope="col" className="number">
                    24h change
                  </th>
                  <th scope="col" className={`number ${styles["extra"]}`}>
                    24h high
                  </th>
                  <th scope="col" className={`number ${styles["extra"]}`}>
                    24h low
                  </th>
                  <th scope="col" className={`number ${styles["wide"]}`}>
                    24h volume
                  </th>
                  <th scope="col" className={styles["extra"]}>
                    Last day
                  </th>
                  <th scope="col" className={styles["extra"]}>
                    <span className="visually-hidden">Trade</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {shown.map((market) => (
                  <MarketRow
                    key={market.symbol}
                    market={market}
                    fallback={tickers.data?.find((ticker) => ticker.symbol === market.symbol)}
                    isFresh={isFresh}
                    isHouseLeftOut={isHouseLeftOut}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </div>
  );
}

/** For who is not signed in: what this is, and how to begin. */
function Welcome() {
  const { isPending } = useSession();
  const isSignedIn = useIsSignedIn();
  if (isPending || isSignedIn) return null;
  return (
    <section className={styles["welcome"]} aria-label="Welcome">
      <h1>
        Spot trading on books
        <br />
        that prove themselves.
      </h1>
      <p>
        Every balance is the sum of its journal entries, and that is checked while trading goes on. Prices, books and
        orders arrive live, and a program can do all that you can do here.
      </p>
      <div className={styles["actions"]}>
        <Link to="/sign-up" className="button primary large">
          Create an account
        </Link>
        <Link to="/trade" className="button large">
          Look at the market
        </Link>
      </div>
      {config.demo && (
        <p className={styles["demo"]}>This is a demo: a new account starts with play money and can trade at once.</p>
      )}
    </section>
  );
}
