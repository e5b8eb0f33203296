import { lazy, Suspense, type ReactNode } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import { Banner } from "../components/Banner";
import { Notices } from "../components/Notices";
import { Failure, Skeleton } from "../components/States";
import { NotFoundPage } from "../pages/NotFoundPage";
import { ErrorBoundary } from "./ErrorBoundary";
import { Header } from "./Header";
import { useSession } from "./queries";
import { useLifeOfStreams } from "./useLifeOfStreams";
import styles from "./App.module.css";

const MarketsPage = lazy(() => import("../pages/markets/MarketsPage"));
const TradePage = lazy(() => import("../pages/trade/TradePage"));
const TradeStart = lazy(() => import("../pages/trade/TradeStart"));
const OrdersPage = lazy(() => import("../pages/orders/OrdersPage"));
const BalancesPage = lazy(() => import("../pages/balances/BalancesPage"));
const DepositPage = lazy(() => import("../pages/wallet/deposit/DepositPage"));
const WithdrawPage = lazy(() => import("../pages/wallet/withdraw/WithdrawPage"));
const TransferPage = lazy(() => import("../pages/wallet/transfer/TransferPage"));
const AddressesPage = lazy(() => import("../pages/wallet/addresses/AddressesPage"));
const ExchangesPage = lazy(() => import("../pages/wallet/exchanges/ExchangesPage"));
const ProofPage = lazy(() => import("../pages/wallet/proof/ProofPage"));
const ApiKeysPage = lazy(() => import("../pages/keys/ApiKeysPage"));
const SettingsPage = lazy(() => import("../pages/settings/SettingsPage"));
const SignInPage = lazy(() => import("../pages/identity/SignInPage"));
const SignUpPage = lazy(() => import("../pages/identity/SignUpPage"));
const RequestResetPage = lazy(() => import("../pages/identity/RequestResetPage"));
const ResetPasswordPage = lazy(() => import("../pages/identity/ResetPasswordPage"));
const VerifyEmailPage = lazy(() => import("../pages/identity/VerifyEmailPage"));

/** For pages about an account: everybody else signs in first, and comes back. */
function Personal({ children }: { children: ReactNode }) {
  const { data, isPending, error, refetch } = useSession();
  const { pathname, search } = useLocation();
  if (isPending) return <Skeleton rows={8} />;
  if (error !== null && data === undefined) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === null || data === undefined)
    return <Navigate to="/sign-in" state={{ next: pathname + search }} replace />;
  return children;
}

export function App() {
  useLifeOfStreams();
  const { pathname } = useLocation();
  return (
    <div className={styles["app"]}>
      <a className={styles["skip"]} href="#content">
        Skip to content
      </a>
      <Header />
      <Banner />
      <main id="content" className={styles["content"]}>
        <ErrorBoundary key={pathname}>
          <Suspense fallback={<Skeleton rows={10} />}>
            <Routes>
              <Route path="/" element={<MarketsPage />} />
              <Route path="/trade" element={<TradeStart />} />
              <Route path="/trade/:symbol" element={<TradePage />} />
              <Route
                path="/orders"
                element={
                  <Personal>
                    <OrdersPage />
                  </Personal>
                }
              />
              <Route path="/balances" element={<Navigate to="/wallet" replace />} />
              <Route
                path="/wallet"
                element={
                  <Personal>
                    <BalancesPage />
                  </Personal>
                }
              />
              <Route
                path="/wallet/deposit/:asset?"
                element={
                  <Personal>
                    <DepositPage />
                  </Personal>
                }
              />
              <Route
                path="/wallet/withdraw/:asset?"
                element={
                  <Personal>
                    <WithdrawPage />
                  </Personal>
                }
              />
              <Route
                path="/wallet/transfer/:asset?"
                element={
                  <Personal>
                    <TransferPage />
                  </Personal>
                }
              />
              <Route
                path="/wallet/addresses"
                element={
                  <Personal>
                    <AddressesPage />
                  </Personal>
                }
              />
              <Route
                path="/wallet/exchanges"
                element={
                  <Personal>
                    <ExchangesPage />
                  </Personal>
                }
              />
              <Route path="/proof-of-liabilities" element={<ProofPage />} />
              <Route
                path="/api-keys"
                element={
                  <Personal>
                    <ApiKeysPage />
                  </Personal>
                }
              />
              <Route
                path="/settings"
                element={
                  <Personal>
                    <SettingsPage />
                  </Personal>
                }
              />
              <Route path="/sign-in" element={<SignInPage />} />
              <Route path="/sign-up" element={<SignUpPage />} />
              <Route path="/account/reset-password" element={<RequestResetPage />} />
              <Route path="/account/reset-password/:key" element={<ResetPasswordPage />} />
              <Route path="/account/verify-email/:key" element={<VerifyEmailPage />} />
              <Route path="*" element={<NotFoundPage />} />
            </Routes>
          </Suspense>
        </ErrorBoundary>
      </main>
      <Notices />
    </div>
  );
}
