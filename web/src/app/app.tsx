import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { ApiError } from "../api/client";
import { sessionQuery } from "../api/session";
import { InvitationPage } from "../features/entry/invitation-page";
import { ResetPage } from "../features/entry/reset-page";
import { SignInPage } from "../features/sign-in/sign-in-page";
import { Failed, Waiting } from "../shared/states";
import { Shell } from "./shell";
import { theme } from "./theme";

function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
        staleTime: 5_000,
      },
    },
  });
}

function Gate() {
  const session = useQuery(sessionQuery);
  if (session.isPending) return <Waiting label="Looking who is signed in" />;
  if (session.isError) return <Failed error={session.error} retry={() => void session.refetch()} />;
  return session.data ? <Shell /> : <SignInPage />;
}

export function App() {
  const [client] = useState(newClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <BrowserRouter>
          <Routes>
            <Route path="/invitation" element={<InvitationPage />} />
            <Route path="/reset" element={<ResetPage />} />
            <Route path="*" element={<Gate />} />
          </Routes>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}
