import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, ApiError, rememberCsrfToken } from "./client";
import type { Project, Session } from "./types";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await api.get<Session>("/session");
      rememberCsrfToken(session.csrf_token);
      return session;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error("A page inside needs somebody signed in.");
  return data;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { login: string; password: string; code: string }) => api.post<Session>("/session", input),
    onSuccess: (session) => enter(client, session),
  });
}

// Whoever has just come in, by whichever door.
export function enter(client: QueryClient, session: Session) {
  rememberCsrfToken(session.csrf_token);
  client.setQueryData(sessionQuery.queryKey, session);
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.remove("/session"),
    onSettled: () => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, null);
    },
  });
}

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: async () => (await api.get<{ items: Project[] }>("/projects")).items,
});

export type Role = "trainer" | "reviewer" | "lead" | "owner";
const order: Role[] = ["trainer", "reviewer", "lead", "owner"];

export function atLeast(role: string | null | undefined, wanted: Role): boolean {
  return order.indexOf((role ?? "trainer") as Role) >= order.indexOf(wanted);
}
